import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/request.ts";
import { sessionQuery } from "../api/session.ts";

const RETRIES = 2;

/** The cache of what was read. An answer that says the session is over leads back to signing in, wherever it came from. */
export function createQueryClient(): QueryClient {
  const lookAtSession = (error: Error): void => {
    if (error instanceof ApiError && error.status === 401 && error.code === "UNAUTHORIZED") client.setQueryData(sessionQuery.queryKey, null);
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: lookAtSession }),
    mutationCache: new MutationCache({ onError: (error, _variables, _context, mutation) => (mutation.meta?.["isSignIn"] === true ? undefined : lookAtSession(error)) }),
    defaultOptions: {
      queries: {
        // What the server refused stays refused; only what did not reach it is tried again.
        retry: (count, error) => count < RETRIES && error instanceof ApiError && (error.status === 0 || error.status >= 502),
        staleTime: 1_000,
      },
    },
  });
  return client;
}
