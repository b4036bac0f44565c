import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Environment. */
export function EnvironmentPage(): ReactElement {
  return <PageTitle title="Environment" />;
}
