import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Auth sessions. */
export function AuthSessionsPage(): ReactElement {
  return <PageTitle title="Auth sessions" />;
}
