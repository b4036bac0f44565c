import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Keys. */
export function KeysPage(): ReactElement {
  return <PageTitle title="Keys" />;
}
