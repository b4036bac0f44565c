import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Log in. */
export function RecordLinkPage(): ReactElement {
  return <PageTitle title="Log in" />;
}
