import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Runs. */
export function RunsPage(): ReactElement {
  return <PageTitle title="Runs" />;
}
