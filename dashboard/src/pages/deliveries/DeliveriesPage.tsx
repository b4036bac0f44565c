import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Deliveries. */
export function DeliveriesPage(): ReactElement {
  return <PageTitle title="Deliveries" />;
}
