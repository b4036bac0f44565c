import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Delivery. */
export function DeliveryPage(): ReactElement {
  return <PageTitle title="Delivery" />;
}
