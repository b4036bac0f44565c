import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Projects. */
export function ProjectsPage(): ReactElement {
  return <PageTitle title="Projects" />;
}
