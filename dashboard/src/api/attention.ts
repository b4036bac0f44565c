import { queryOptions } from "@tanstack/react-query";
import { projectPath, request, WORKSPACE } from "./request.ts";
import type { AuthSession, Delivery, JobSummary, Worker } from "./types.ts";

const EVERY_MS = 10_000;

/** Auth sessions of a project. */
export function authSessionsQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "auth-sessions"],
    queryFn: ({ signal }) => request<readonly AuthSession[]>(`${projectPath(project)}/auth-sessions`, { signal }),
    refetchInterval: EVERY_MS,
  });
}

/** Deliveries that were given up. */
export function failedDeliveriesQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "deliveries", "failed"],
    queryFn: ({ signal }) => request<{ readonly deliveries: readonly Delivery[] }>(`${projectPath(project)}/deliveries`, { query: { status: "failed", limit: 20 }, signal }),
    refetchInterval: EVERY_MS,
  });
}

/** Jobs of a project, as its overview needs them. */
export function jobStatesQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "jobs"],
    queryFn: ({ signal }) => request<readonly JobSummary[]>(`${projectPath(project)}/jobs`, { signal }),
    refetchInterval: EVERY_MS,
  });
}

/** Workers of the runtime. Only for keys that are not bound to a project. */
export const workersQuery = queryOptions({
  queryKey: ["workers"],
  queryFn: async ({ signal }) => (await request<{ readonly workers: readonly Worker[] }>(`${WORKSPACE}/workers`, { signal })).workers,
  refetchInterval: EVERY_MS,
});
