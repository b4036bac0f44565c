import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { projectPath, request } from "./request.ts";
import type { Artifact, Prompt, RunDetails, RunStatus, RunSummary } from "./types.ts";

/** What a list of runs is narrowed by; the same keys stand in the address of the page. */
export interface RunFilter {
  readonly status?: RunStatus | undefined;
  readonly api?: string | undefined;
  readonly authSessionId?: string | undefined;
  readonly jobRunId?: string | undefined;
  readonly queueId?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** A page of runs. */
export interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly nextCursor?: string;
}

/** What a run is started with. */
export interface RunStart {
  readonly api: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly authSession?: { readonly id?: string; readonly autoRecreate?: boolean; readonly runtimeInput?: Readonly<Record<string, unknown>> };
  readonly proxy?: string;
  readonly saveTrace?: boolean;
  readonly requestTimeout?: number;
  readonly retry?: { readonly maximumAttempts: number };
}

const LIVE_MS = 2_000;
const CALM_MS = 10_000;

/** Whether nothing happens to a run of that status any more. */
export function hasEnded(status: RunStatus): boolean {
  return status === "completed" || status === "canceled" || status === "failed";
}

/** Address of a run in the API. */
export function runPath(project: string, runId: string): string {
  return `${projectPath(project)}/runs/${encodeURIComponent(runId)}`;
}

/** Address of a file that a run left. */
export function artifactPath(project: string, runId: string, name: string): string {
  return `${runPath(project, runId)}/artifacts/${name.split("/").map(encodeURIComponent).join("/")}`;
}

/** Runs, newest first, page by page; asked again by itself, more often while one goes on. */
export function runsQuery(project: string, filter: RunFilter) {
  return infiniteQueryOptions({
    queryKey: ["project", project, "runs", "pages", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => request<RunPage>(`${projectPath(project)}/runs`, { query: { ...filter, limit: 50, cursor: pageParam }, signal }),
    getNextPageParam: ({ nextCursor }: RunPage) => nextCursor ?? null,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ runs }) => runs.some(({ status }) => !hasEnded(status))) === true ? LIVE_MS : CALM_MS),
  });
}

/** The newest runs of a filter, for overviews. */
export function recentRunsQuery(project: string, filter: RunFilter, limit: number) {
  return queryOptions({
    queryKey: ["project", project, "runs", "recent", filter, limit],
    queryFn: ({ signal }) => request<RunPage>(`${projectPath(project)}/runs`, { query: { ...filter, limit }, signal }),
    refetchInterval: CALM_MS,
  });
}

/** One run; asked again until it has ended. */
export function runQuery(project: string, runId: string) {
  return queryOptions({
    queryKey: ["project", project, "run", runId],
    queryFn: ({ signal }) => request<RunDetails>(runPath(project, runId), { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && hasEnded(state.data.status) ? false : LIVE_MS),
  });
}

/** Files that a run left; more may come while it goes on. */
export function artifactsQuery(project: string, runId: string) {
  return queryOptions({
    queryKey: ["project", project, "run", runId, "artifacts"],
    queryFn: ({ signal }) => request<{ readonly artifacts: readonly Artifact[]; readonly complete: boolean }>(`${runPath(project, runId)}/artifacts`, { signal }),
    refetchInterval: ({ state }) => (state.data?.complete === true ? false : CALM_MS),
  });
}

/** All open questions of a project. */
export function promptsQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "prompts"],
    queryFn: async ({ signal }) => (await request<{ readonly prompts: readonly Prompt[] }>(`${projectPath(project)}/prompts`, { signal })).prompts,
    refetchInterval: 5_000,
  });
}

/** Questions of one run, answered ones too. */
export function runPromptsQuery(project: string, runId: string, isLive: boolean) {
  return queryOptions({
    queryKey: ["project", project, "run", runId, "prompts"],
    queryFn: async ({ signal }) => (await request<{ readonly prompts: readonly Prompt[] }>(`${runPath(project, runId)}/prompts`, { signal })).prompts,
    refetchInterval: isLive ? LIVE_MS : false,
  });
}

/** Starts a run. Sent again after a broken connection, it is still the same run. */
export function useStartRun(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ start, idempotencyKey }: { readonly start: RunStart; readonly idempotencyKey: string }) => request<{ readonly runId: string }>(`${projectPath(project)}/run/start`, { method: "POST", body: start, idempotencyKey }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project, "runs"] }),
  });
}

/** Cancels a run that waits or goes on. */
export function useCancelRun(project: string, runId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<RunSummary>(`${runPath(project, runId)}/cancel`, { method: "POST" }),
    onSettled: () => client.invalidateQueries({ queryKey: ["project", project] }),
  });
}

/** Starts an ended run again, as a new run. */
export function useRetryRun(project: string, runId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<{ readonly runId: string }>(`${runPath(project, runId)}/retry`, { method: "POST" }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project, "runs"] }),
  });
}

/** Answers a question of a run. */
export function useAnswerPrompt(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ runId, promptId, value }: { readonly runId: string; readonly promptId: string; readonly value: string }) => request<unknown>(`${runPath(project, runId)}/prompts/${promptId}/answer`, { method: "POST", body: { value } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["project", project] }),
  });
}
