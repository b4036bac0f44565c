import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Audit log. */
export function AuditPage(): ReactElement {
  return <PageTitle title="Audit log" />;
}
