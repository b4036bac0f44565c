import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { DurationText, Origin, Retry, SessionChoice, Sink, StandstillReason } from "./definitions.ts";
import { projectPath, request } from "./request.ts";

/** An API with its parameters. */
export interface Payload {
  readonly apiName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly requestTimeout?: number;
  readonly retry?: Retry;
}

/** What a field of a calendar fits; the form edits single values, lists of values and `*`. */
type CalendarField = unknown;

/** Times of the wall clock. */
export interface Calendar {
  readonly second?: CalendarField;
  readonly minute?: CalendarField;
  readonly hour?: CalendarField;
  readonly dayOfWeek?: CalendarField;
  readonly dayOfMonth?: CalendarField;
  readonly month?: CalendarField;
  readonly year?: CalendarField;
  readonly comment?: string;
}

/** When a job is triggered by itself. */
export interface Schedule {
  readonly intervals?: readonly { readonly every: DurationText }[];
  readonly calendars?: readonly Calendar[];
  readonly cron?: readonly string[];
  readonly timeZone?: string;
  readonly jitter?: DurationText;
  readonly catchUpWindow?: DurationText;
}

/** A job as it is written: all of it but its id. */
export interface JobDefinition {
  readonly payload: readonly Payload[];
  readonly configuration: { readonly retry?: Retry; readonly maxConcurrentRequests?: number; readonly requestTimeout?: number; readonly saveTrace?: boolean };
  readonly schedule?: Schedule | null;
  readonly auth_session?: SessionChoice | null;
  readonly sink?: Sink | null;
  readonly proxy?: string | null;
}

/** What lists and details have in common. */
interface JobFacts extends Omit<JobDefinition, "proxy"> {
  readonly id: string;
  readonly state: "ACTIVE" | "PAUSED";
  readonly reason?: StandstillReason | null;
  readonly origin: Origin;
  readonly next_run_time: string | null;
  readonly last_run_time: string | null;
  readonly created_at: string;
}

/** A job of a list; its proxy is an object there. */
export type JobListItem = JobFacts;

/** A job. */
export interface Job extends JobFacts {
  readonly proxy?: string;
}

/** Where a job run stands; `PENDING`: it goes on. */
type JobRunStatus = "PENDING" | "PAUSING" | "PAUSED" | "RESUMING" | "SUCCESS" | "FAILURE" | "COMPLETED" | "CANCELED" | "TERMINATED";

/** What a firing or a trigger made. */
export interface JobRun {
  readonly id: string;
  readonly job_id: string;
  readonly type: "MANUAL" | "SCHEDULED";
  readonly status: JobRunStatus;
  readonly payloads: number;
  readonly successful_runs: number;
  readonly failed_runs: number;
  readonly canceled_runs: number;
  readonly reason: StandstillReason | null;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly created_at: string;
}

/** A link to results that needs no key. */
export interface ResultsLink {
  readonly signed_url: string;
  readonly signed_url_expiration: string;
}

const LIVE_MS = 2_000;
const CALM_MS = 10_000;
const PAGE_SIZE = 20;

/** Whether nothing happens to a job run any more. */
export function hasJobRunEnded(status: JobRunStatus): boolean {
  return !["PENDING", "PAUSING", "PAUSED", "RESUMING"].includes(status);
}

function jobPath(project: string, jobId: string): string {
  return `${projectPath(project)}/jobs/${encodeURIComponent(jobId)}`;
}

/** All jobs of a project. Its key begins with that of the overview's query, so that what changes jobs renews both. */
export function jobsQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "jobs", "all"],
    queryFn: ({ signal }) => request<readonly JobListItem[]>(`${projectPath(project)}/jobs`, { signal }),
    refetchInterval: CALM_MS,
  });
}

/** One job. */
export function jobQuery(project: string, jobId: string) {
  return queryOptions({
    queryKey: ["project", project, "jobs", "one", jobId],
    queryFn: ({ signal }) => request<Job>(jobPath(project, jobId), { signal }),
    refetchInterval: CALM_MS,
  });
}

/** Job runs, newest first, page by page; asked again more often while one goes on. */
export function jobRunsQuery(project: string, jobId: string) {
  return infiniteQueryOptions({
    queryKey: ["project", project, "jobs", "runs", jobId],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) => request<{ readonly jobRuns: readonly JobRun[]; readonly totalCount: number }>(`${jobPath(project, jobId)}/runs`, { query: { pageSize: PAGE_SIZE, pageNumber: pageParam, sortBy: "created_at,desc" }, signal }),
    getNextPageParam: ({ totalCount }, pages) => (pages.length * PAGE_SIZE < totalCount ? pages.length : null),
    refetchInterval: ({ state }) => (state.data?.pages.some(({ jobRuns }) => jobRuns.some(({ status }) => !hasJobRunEnded(status))) === true ? LIVE_MS : CALM_MS),
  });
}

/** The newest job run, for lists of jobs. */
export function lastJobRunQuery(project: string, jobId: string) {
  return queryOptions({
    queryKey: ["project", project, "jobs", "last-run", jobId],
    queryFn: async ({ signal }) => (await request<{ readonly jobRuns: readonly JobRun[] }>(`${jobPath(project, jobId)}/runs`, { query: { pageSize: 1, sortBy: "created_at,desc" }, signal })).jobRuns[0] ?? null,
    refetchInterval: ({ state }) => (state.data != null && !hasJobRunEnded(state.data.status) ? LIVE_MS : CALM_MS),
  });
}

/** One job run with the link to its results, which holds for an hour. */
export function jobRunQuery(project: string, jobId: string, jobRunId: string) {
  return queryOptions({
    queryKey: ["project", project, "jobs", "run", jobId, jobRunId],
    queryFn: ({ signal }) => request<{ readonly jobRun: JobRun; readonly results?: ResultsLink }>(`${jobPath(project, jobId)}/runs/${encodeURIComponent(jobRunId)}`, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && hasJobRunEnded(state.data.jobRun.status) ? 30 * 60_000 : LIVE_MS),
  });
}

/** Makes a job, or replaces all of one. */
export function useSaveJob(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, definition, isNew }: { readonly id: string; readonly definition: JobDefinition; readonly isNew: boolean }) => (isNew ? request<unknown>(`${projectPath(project)}/jobs`, { method: "POST", body: { ...definition, id } }) : request<unknown>(jobPath(project, id), { method: "PUT", body: definition })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project, "jobs"] }),
  });
}

/** Pauses a job, or lets it go on. */
export function useSetJobState(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, action }: { readonly id: string; readonly action: "pause" | "resume" }) => request<unknown>(`${jobPath(project, id)}/${action}`, { method: "POST" }),
    onSettled: () => client.invalidateQueries({ queryKey: ["project", project, "jobs"] }),
  });
}

/** Starts a job run now. */
export function useTriggerJob(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, idempotencyKey }: { readonly id: string; readonly idempotencyKey: string }) => request<{ readonly jobRunId: string; readonly message: string }>(`${jobPath(project, id)}/trigger`, { method: "POST", idempotencyKey }),
    onSettled: () => client.invalidateQueries({ queryKey: ["project", project, "jobs"] }),
  });
}

/** Ends a job run. */
export function useTerminateJobRun(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, jobRunId }: { readonly id: string; readonly jobRunId: string }) => request<unknown>(`${jobPath(project, id)}/runs/${jobRunId}/terminate`, { method: "POST" }),
    onSettled: () => client.invalidateQueries({ queryKey: ["project", project] }),
  });
}

/** Deletes a job with its job runs. */
export function useDeleteJob(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<null>(jobPath(project, id), { method: "DELETE" }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project, "jobs"], refetchType: "none" }),
  });
}
