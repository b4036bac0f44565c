import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Auth session. */
export function AuthSessionPage(): ReactElement {
  return <PageTitle title="Auth session" />;
}
