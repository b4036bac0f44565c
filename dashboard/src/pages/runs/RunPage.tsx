import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Run. */
export function RunPage(): ReactElement {
  return <PageTitle title="Run" />;
}
