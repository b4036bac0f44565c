import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** API. */
export function ApiPage(): ReactElement {
  return <PageTitle title="API" />;
}
