import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, request } from "./request.ts";
import { SCOPES, type Scope, type Session } from "./types.ts";

/** Who is signed in; null: nobody. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await request<Session>("/session", { signal });
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 401) return null;
      throw thrown;
    }
  },
  staleTime: 60_000,
});

/** Signs in with an API key; the server keeps who it was in a cookie that no script can read. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    meta: { isSignIn: true },
    mutationFn: (key: string) => request<Session>("/session", { method: "POST", body: { key } }),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
}

/** Signs out, and forgets everything that was read. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<null>("/session", { method: "DELETE" }),
    onSuccess: () => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, null);
    },
  });
}

/** Whether who is signed in may do what needs `scope`. */
export function useMay(scope: Scope): boolean {
  const { data } = useQuery(sessionQuery);
  return data !== null && data !== undefined && SCOPES.indexOf(data.scope) >= SCOPES.indexOf(scope);
}
