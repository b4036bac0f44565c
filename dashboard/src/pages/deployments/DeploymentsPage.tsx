import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Deployments. */
export function DeploymentsPage(): ReactElement {
  return <PageTitle title="Deployments" />;
}
