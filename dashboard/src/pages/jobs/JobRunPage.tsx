import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Job run. */
export function JobRunPage(): ReactElement {
  return <PageTitle title="Job run" />;
}
