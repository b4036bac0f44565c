import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Workers. */
export function WorkersPage(): ReactElement {
  return <PageTitle title="Workers" />;
}
