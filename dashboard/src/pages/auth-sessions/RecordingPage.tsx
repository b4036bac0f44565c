import type { ReactElement } from "react";
import { PageTitle } from "../../ui/PageTitle.tsx";

/** Recording. */
export function RecordingPage(): ReactElement {
  return <PageTitle title="Recording" />;
}
