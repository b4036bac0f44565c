import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ErrorBox } from "./ErrorBox.tsx";

/** Stands where a page could not be shown. A new version of the server has other files: then the page is loaded anew. */
export function PageProblem({ error, reset }: ErrorComponentProps<unknown>): ReactElement {
  const isOutdated = /dynamically imported module|module script/i.test(error instanceof Error ? error.message : "");
  return <ErrorBox error={isOutdated ? new Error("The dashboard was updated while this page was open.") : error} title="The page cannot be shown" onRetry={isOutdated ? () => location.reload() : reset} />;
}
