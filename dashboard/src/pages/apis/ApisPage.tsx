import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** APIs. */
export function ApisPage(): ReactElement {
  return <PageTitle title="APIs" />;
}
