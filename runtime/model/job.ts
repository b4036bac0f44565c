import type { EndedRun } from "./hosted-run.ts";
import type { HostedProject } from "./hosted-project.ts";
import type { JsonObject } from "./json.ts";
import type { Schedule } from "./schedule.ts";
import type { WireSink } from "./sink.ts";

/** How often something is tried (WIRE-API 4.2). */
export interface Retry {
  readonly maximumAttempts?: number;
}

/** One run of a job. */
export interface PayloadItem {
  readonly apiName: string;
  readonly parameters: JsonObject;
  /** Seconds for each attempt; it goes before the job's. */
  readonly requestTimeout?: number;
  readonly retry?: Retry;
}

/** The login that all runs of a job use. */
export interface JobAuthSession {
  readonly id: string;
  readonly checkAttempts?: number;
  readonly createAttempts?: number;
  /** Ours. Default true. */
  readonly autoRecreate?: boolean;
}

/** A job as clients write it, without its id (WIRE-API 4.6, create body). */
export interface JobDefinition {
  readonly payload: readonly PayloadItem[];
  readonly configuration: { readonly retry?: Retry; readonly maxConcurrentRequests?: number; readonly requestTimeout?: number; readonly saveTrace?: boolean };
  readonly schedule?: Schedule | null;
  readonly sink?: WireSink | null;
  readonly proxy?: string | null;
  readonly auth_session?: JobAuthSession | null;
}

/** Why a job, a job run or a queue stands still. */
export interface StandstillReason {
  readonly type: string;
  readonly message: string;
  readonly details?: JsonObject;
  /** ISO 8601. */
  readonly timestamp?: string;
}

/** Whether something was made by a client, or declared in the project. */
export type ResourceOrigin = "api" | "deployment";

/** A job as it is kept; its definition is without secrets. */
export interface StoredJob {
  readonly id: string;
  readonly definition: JobDefinition;
  readonly state: "active" | "paused";
  readonly reason: StandstillReason | null;
  readonly origin: ResourceOrigin;
  readonly nextRunAt: string | null;
  readonly lastRunAt: string | null;
  readonly createdAt: string;
}

/** Where a job run stands. It has ended in the last five. */
export type JobRunStatus = "running" | "pausing" | "paused" | "success" | "failure" | "completed" | "canceled" | "terminated";

/** A job run as it is kept; `definition` is the job's as it was then. */
export interface StoredJobRun {
  readonly id: string;
  readonly jobId: string;
  readonly type: "manual" | "scheduled";
  readonly status: JobRunStatus;
  readonly definition: JobDefinition;
  readonly payloads: number;
  readonly successfulRuns: number;
  readonly failedRuns: number;
  readonly canceledRuns: number;
  readonly reason: StandstillReason | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Most payloads that a job, and with `extendPayload` a job run, may have. */
export const MAX_PAYLOADS = 10_000;
/** Runs of a job run at the same time, where the job does not say. */
export const DEFAULT_JOB_CONCURRENCY = 10;

/** Columns that job runs are sorted by. */
export const JOB_RUN_SORT_KEYS = ["start_time", "end_time", "created_at", "status", "type"] as const;

/** A page of job runs. */
export interface JobRunPage {
  readonly pageSize: number;
  /** From 0. */
  readonly pageNumber: number;
  readonly sort: readonly { readonly key: (typeof JOB_RUN_SORT_KEYS)[number]; readonly descending: boolean }[];
}

/** Jobs of all projects. */
export interface HostedJobs {
  list(projectId: string): Promise<readonly StoredJob[]>;
  /** @throws LatchkeyError `JOB_NOT_FOUND` */
  get(projectId: string, id: string): Promise<StoredJob>;
  /** With its secrets. @throws LatchkeyError `JOB_NOT_FOUND` */
  definitionOf(projectId: string, id: string): Promise<JobDefinition>;
  /** @throws LatchkeyError `JOB_EXISTS`, `SCHEDULE_INVALID` */
  create(projectId: string, id: string, definition: JobDefinition, origin: ResourceOrigin): Promise<void>;
  /** Replaces the whole definition; a job run that goes on keeps the old one. @throws LatchkeyError `JOB_NOT_FOUND`, `SCHEDULE_INVALID` */
  update(projectId: string, id: string, definition: JobDefinition, origin: ResourceOrigin): Promise<void>;
  /** Terminates its job run, and removes it. @throws LatchkeyError `JOB_NOT_FOUND` */
  delete(projectId: string, id: string): Promise<void>;
  /** Its job run ends the runs that go on and takes no more. */
  pause(projectId: string, id: string, reason: StandstillReason): Promise<void>;
  resume(projectId: string, id: string): Promise<void>;
  /** Starts a job run. The same idempotency key gives the one that was started before. @throws LatchkeyError `JOB_NOT_FOUND`, `JOB_PAUSED` */
  trigger(project: HostedProject, id: string, idempotencyKey: string | null): Promise<StoredJobRun>;
  runs(projectId: string, jobId: string, page: JobRunPage): Promise<{ readonly jobRuns: readonly StoredJobRun[]; readonly totalCount: number }>;
  /** @throws LatchkeyError `JOB_RUN_NOT_FOUND` */
  run(projectId: string, jobId: string, jobRunId: string): Promise<StoredJobRun>;
  /** Cancels its runs. False: it had ended before. @throws LatchkeyError `JOB_RUN_NOT_FOUND` */
  terminate(projectId: string, jobId: string, jobRunId: string): Promise<boolean>;
  /** Its ended runs, a page at a time, in the order they were recorded in. */
  results(jobRunId: string, after: string | null, limit: number): Promise<readonly EndedRun[]>;
  /** Makes the job runs whose time has come. @returns when to look again, in milliseconds from now; null: nothing is scheduled. */
  fireDue(): Promise<number | null>;
}
