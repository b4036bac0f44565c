import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { projectPath, request } from "./request.ts";

/** A deployment as lists show it. */
export interface Deployment {
  readonly id: string;
  readonly contentHash: string;
  readonly sizeBytes: number;
  readonly createdAt: string;
  readonly createdBy: string;
  /** When it last became the live one; null: never. */
  readonly activatedAt: string | null;
  readonly live: boolean;
  readonly apis: readonly string[];
}

/** What applying a deployment's declared jobs and queues does to one of them. */
export interface ResourceChange {
  readonly kind: "job" | "queue";
  readonly id: string;
  readonly action: "create" | "update" | "delete" | "unchanged";
}

/** A variable's name; its value is never read again. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly updatedAt: string;
}

/** Deployments, newest first. */
export function deploymentsQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "deployments"],
    queryFn: async ({ signal }) => (await request<{ readonly deployments: readonly Deployment[] }>(`${projectPath(project)}/deployments`, { signal })).deployments,
  });
}

/** What a deployment's declared jobs and queues would change. */
export function planQuery(project: string, deploymentId: string) {
  return queryOptions({
    queryKey: ["project", project, "deployments", deploymentId, "plan"],
    queryFn: async ({ signal }) => (await request<{ readonly changes: readonly ResourceChange[] }>(`${projectPath(project)}/deployments/${deploymentId}/plan`, { signal })).changes,
    staleTime: 0,
  });
}

/** Makes a deployment the live one. */
export function useActivate(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, applyResources, allowDelete }: { readonly id: string; readonly applyResources: boolean; readonly allowDelete: boolean }) => request<unknown>(`${projectPath(project)}/deployments/${id}/activate`, { method: "POST", body: { applyResources, allowDelete } }),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ["project", project] }), client.invalidateQueries({ queryKey: ["projects"] })]),
  });
}

/** Names of the project's environment variables. */
export function environmentQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "environment"],
    queryFn: async ({ signal }) => (await request<{ readonly env: readonly EnvironmentVariable[] }>(`${projectPath(project)}/env`, { signal })).env,
  });
}

/** Sets a variable, or replaces its value. */
export function useSetVariable(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, value }: { readonly name: string; readonly value: string }) => request<unknown>(`${projectPath(project)}/env/${encodeURIComponent(name)}`, { method: "PUT", body: { value } }),
    onSuccess: () => client.invalidateQueries({ queryKey: environmentQuery(project).queryKey }),
  });
}

/** Removes a variable. */
export function useDeleteVariable(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => request<null>(`${projectPath(project)}/env/${encodeURIComponent(name)}`, { method: "DELETE" }),
    onSuccess: () => client.invalidateQueries({ queryKey: environmentQuery(project).queryKey }),
  });
}
