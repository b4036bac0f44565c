import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Queues. */
export function QueuesPage(): ReactElement {
  return <PageTitle title="Queues" />;
}
