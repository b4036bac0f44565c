import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { request, WORKSPACE } from "./request.ts";
import type { Scope } from "./types.ts";

/** A key as it is listed: nothing of it lets anybody in. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  /** The only project it is good for; null: all of the workspace. */
  readonly project: string | null;
  /** The last four characters, to tell keys apart. */
  readonly hint: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** What a key is made with. */
export interface KeyCreate {
  readonly name: string;
  readonly scope: Scope;
  readonly project?: string;
  readonly expiresAt?: string;
}

/** A line of the audit log. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A page of the audit log. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly nextCursor?: string;
}

const AUDIT_PAGE = 100;

/** All keys of the workspace, revoked ones too. */
export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: async ({ signal }) => (await request<{ readonly keys: readonly ApiKey[] }>(`${WORKSPACE}/keys`, { signal })).keys,
});

/** Makes a key; the answer holds it, this once. */
export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (create: KeyCreate) => request<ApiKey & { readonly key: string }>(`${WORKSPACE}/keys`, { method: "POST", body: create }),
    // The key itself must not outlive the window that shows it.
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
}

/** Revokes a key, at once. */
export function useRevokeKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<null>(`${WORKSPACE}/keys/${id}`, { method: "DELETE" }),
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
}

/** Who changed or revealed what, newest first, page by page. */
export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  initialPageParam: "",
  queryFn: ({ pageParam, signal }) => request<AuditPage>(`${WORKSPACE}/audit`, { query: { limit: AUDIT_PAGE, cursor: pageParam }, signal }),
  getNextPageParam: ({ nextCursor }: AuditPage) => nextCursor ?? null,
});
