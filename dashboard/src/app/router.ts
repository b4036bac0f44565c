import { createRouter } from "@tanstack/react-router";
import { PageLoading } from "../ui/PageLoading.tsx";
import { PageProblem } from "../ui/PageProblem.tsx";
import { NotFound } from "../ui/NotFound.tsx";
import { routeTree } from "./routes.ts";
import { parseSearch, stringifySearch } from "./search.ts";

/** All pages by their addresses. A page's code is loaded when it is likely to be opened: on hover and on focus. */
export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultPendingComponent: PageLoading,
  defaultPendingMs: 200,
  defaultErrorComponent: PageProblem,
  defaultNotFoundComponent: NotFound,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
