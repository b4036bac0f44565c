import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Job. */
export function JobPage(): ReactElement {
  return <PageTitle title="Job" />;
}
