import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { projectPath, request } from "./request.ts";
import type { AuthSession } from "./types.ts";

/** One line of an auth session's history. */
export interface HistoryEntry {
  readonly at: string;
  readonly event: "created" | "logged-in" | "checked" | "state-saved" | "failed" | "needs-attention" | "changed" | "exported" | "deleted";
  readonly details: Readonly<Record<string, unknown>>;
}

/** What an auth session is made with. */
export interface AuthSessionCreate {
  readonly id: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly proxy?: string;
}

/** What can be changed without new parameters. A proxy (null: none) logs in again; the others do not. */
export interface AuthSessionChange {
  readonly proxy?: string | null;
  /** Null: what the deployment says. */
  readonly mode?: "exclusive" | "shared" | null;
  readonly checkEveryMs?: number | null;
}

const CALM_MS = 5_000;
const HIDDEN_PROXY_PART = "***";

/** Address of an auth session in the API. */
export function authSessionPath(project: string, id: string): string {
  return `${projectPath(project)}/auth-sessions/${encodeURIComponent(id)}`;
}

/** One auth session with how it is kept. */
export function authSessionQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ["project", project, "auth-session", id],
    queryFn: ({ signal }) => request<AuthSession>(authSessionPath(project, id), { signal }),
    refetchInterval: CALM_MS,
  });
}

/** Logins, checks and failures, newest first. */
export function authSessionHistoryQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ["project", project, "auth-session", id, "history"],
    queryFn: async ({ signal }) => (await request<{ readonly history: readonly HistoryEntry[] }>(`${authSessionPath(project, id)}/history`, { signal })).history,
    refetchInterval: CALM_MS,
  });
}

/** Logs in for the first time. */
export function useCreateAuthSession(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (create: AuthSessionCreate) => request<{ readonly operationId: string }>(`${projectPath(project)}/auth-sessions/create`, { method: "POST", body: create, idempotencyKey: crypto.randomUUID() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project] }),
  });
}

/** Logs in with other parameters. Without any, with those that are kept. */
export function useUpdateAuthSession(project: string, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (update: { readonly parameters?: Readonly<Record<string, unknown>> }) => request<{ readonly operationId: string }>(`${authSessionPath(project, id)}/update`, { method: "POST", body: update }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project] }),
  });
}

/** Checks a login, and logs in again where it does not hold. */
export function useValidateAuthSession(project: string, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<{ readonly operationId: string }>(`${authSessionPath(project, id)}/validate/start`, { method: "POST", body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project] }),
  });
}

/** Changes how an auth session is kept; the answer names an operation where that logs in again. */
export function useChangeAuthSession(project: string, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: AuthSessionChange) => request<AuthSession & { readonly operationId?: string }>(authSessionPath(project, id), { method: "PATCH", body: change }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project] }),
  });
}

/** Deletes an auth session with everything it holds. */
export function useDeleteAuthSession(project: string, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<null>(authSessionPath(project, id), { method: "DELETE" }),
    onSuccess: () => {
      client.removeQueries({ queryKey: ["project", project, "auth-session", id] });
      return client.invalidateQueries({ queryKey: ["project", project, "auth-sessions"] });
    },
  });
}

/** Whether a proxy's address still has a part that the server hid: sent back, it could not be used. */
export function isMaskedProxy(proxy: string): boolean {
  return proxy.includes(HIDDEN_PROXY_PART);
}
