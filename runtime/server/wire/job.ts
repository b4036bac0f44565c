import type { JobRunStatus, StoredJob, StoredJobRun } from "../../model/job.ts";

/** The project of a job, as far as answers name it. */
interface Owner {
  readonly id: string;
  readonly workspaceId: string;
}

const STATES = { active: "ACTIVE", paused: "PAUSED" } as const;
/** The contract's list is closed and has no word for a job run that goes on (WIRE-API 4.7). */
const STATUSES: Record<JobRunStatus, string> = { running: "PENDING", pausing: "PAUSING", paused: "PAUSED", success: "SUCCESS", failure: "FAILURE", completed: "COMPLETED", canceled: "CANCELED", terminated: "TERMINATED" };
const PAUSE_REASONS = new Set(["paused", "terminated"]);
const RUN_REASONS = new Set(["terminated", "user-request", "auth-session-not-found", "auth-session-invalid-mid-job", "auth-session-validate-dependency-failed", "auth-session-locked", "another-job-run-active", "insufficient-resource-credits", "s3-sink-error"]);

/** WIRE-API 4.6 JobListItem. */
export function toJobListItem({ id, definition, state, reason, origin, nextRunAt, lastRunAt, createdAt }: StoredJob, { id: projectId, workspaceId }: Owner): object {
  const { configuration, payload, sink = null, schedule = null, proxy, auth_session: session = null } = definition;
  return {
    id,
    workspace_id: workspaceId,
    project_id: projectId,
    configuration: withTimeout(configuration),
    payload,
    sink,
    schedule,
    next_run_time: nextRunAt,
    last_run_time: lastRunAt,
    created_at: createdAt,
    auth_session: session,
    proxy: proxy == null ? null : { version: "v1", url: proxy },
    reason: reason === null ? null : { ...reason, type: PAUSE_REASONS.has(reason.type) ? reason.type : "paused" },
    state: STATES[state],
    schedule_id: schedule === null ? null : id,
    origin,
  };
}

/** WIRE-API 4.6 JobDetails. */
export function toJobDetails(job: StoredJob, { id: projectId }: Owner): object {
  const { configuration, payload, sink = null, schedule = null, proxy, auth_session: session = null } = job.definition;
  return {
    id: job.id,
    configuration: withTimeout(configuration),
    sink,
    created_at: job.createdAt,
    next_run_time: job.nextRunAt,
    last_run_time: job.lastRunAt,
    state: STATES[job.state],
    payload,
    schedule,
    projectId,
    auth_session: session,
    ...(proxy != null && { proxy }),
    ...(job.reason !== null && { reason: job.reason }),
    origin: job.origin,
  };
}

/** WIRE-API 4.7 JobRun. */
export function toWireJobRun(run: StoredJobRun, { id: projectId, workspaceId }: Owner): object {
  const { configuration, sink = null, auth_session: session = null, proxy } = run.definition;
  return {
    id: run.id,
    start_time: run.startedAt,
    end_time: run.endedAt,
    workspace_id: workspaceId,
    project_id: projectId,
    job_id: run.jobId,
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    type: run.type === "manual" ? "MANUAL" : "SCHEDULED",
    status: STATUSES[run.status],
    payloads: run.payloads,
    successful_runs: run.successfulRuns,
    failed_runs: run.failedRuns,
    canceled_runs: run.canceledRuns,
    error: null,
    reason: run.reason === null ? null : { type: RUN_REASONS.has(run.reason.type) ? run.reason.type : "terminated", message: run.reason.message, ...(run.reason.details !== undefined && { details: run.reason.details }) },
    job_configuration_snapshot: { configuration: withTimeout(configuration), sink, auth_session: session, proxy: proxy == null ? null : { version: "v1", url: proxy } },
  };
}

const TIMEOUT_SECONDS = 600;

function withTimeout(configuration: StoredJob["definition"]["configuration"]): object {
  return { ...configuration, requestTimeout: configuration.requestTimeout ?? TIMEOUT_SECONDS };
}
