import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Jobs. */
export function JobsPage(): ReactElement {
  return <PageTitle title="Jobs" />;
}
