import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Home. */
export function HomePage(): ReactElement {
  return <PageTitle title="Home" />;
}
