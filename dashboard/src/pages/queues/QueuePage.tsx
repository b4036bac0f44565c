import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Queue. */
export function QueuePage(): ReactElement {
  return <PageTitle title="Queue" />;
}
