import type { ErrorBody } from "../../model/errors.ts";
import type { ClaimedRun, EndedRun, HostedRun, HostedRunStatus, SealedRequest } from "../../model/hosted-run.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { AttemptRecord, RunTarget } from "../../model/run.ts";
import { LatchkeyError } from "../../model/errors.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";

/** What lists need: nothing sealed, nothing large. */
export const RUN_COLUMNS = "id, workspace_id, project_id, deployment_id, target, kind, api, auth_session_id, status, parameters, priority, not_before, timeout_ms, maximum_attempts, attempt, delivery, origin, retry_of, worker_id, created_at, started_at, ended_at, cancel_requested_at, error->>'code' as error_code, job_id, job_run_id, queue_id, released_at";

/** A row of `runs`, as pg gives it: instants as dates, bigint as text. */
export interface RunRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly project_id: string;
  readonly deployment_id: string;
  readonly target: string;
  readonly kind: RunTarget["kind"];
  readonly api: string | null;
  readonly auth_session_id: string | null;
  readonly exclusive_key: string | null;
  readonly status: HostedRunStatus;
  readonly parameters: JsonObject;
  readonly priority: number;
  readonly not_before: Date | null;
  readonly timeout_ms: string;
  readonly maximum_attempts: number;
  readonly attempt: number;
  readonly delivery: number;
  readonly origin: string;
  readonly retry_of: string | null;
  readonly worker_id: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly cancel_requested_at: Date | null;
  readonly error_code: string | null;
  readonly job_id: string | null;
  readonly job_run_id: string | null;
  readonly queue_id: string | null;
  readonly released_at: Date | null;
  readonly request_hash: string;
  readonly trace: boolean;
  readonly traceparent: string | null;
  readonly sealed_request: SealedBox | null;
  readonly attempts: readonly AttemptRecord[];
  readonly result: JsonValue;
  readonly error: ErrorBody | null;
  readonly outcome: EndedRun["outcome"];
}

/** What binds a sealed request to its run. */
export function requestContext(runId: string): string {
  return `run ${runId}`;
}

/** An instant as text; null stays null. */
export function iso(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

/** The run of a row. */
export function toHostedRun(row: RunRow): HostedRun {
  return {
    runId: row.id,
    workspaceId: row.workspace_id,
    projectId: row.project_id,
    deploymentId: row.deployment_id,
    target: row.target,
    kind: row.kind,
    api: row.api,
    authSessionId: row.auth_session_id,
    status: row.status,
    parameters: row.parameters,
    priority: row.priority,
    notBefore: iso(row.not_before),
    timeoutMs: Number(row.timeout_ms),
    maximumAttempts: row.maximum_attempts,
    attempt: row.attempt,
    origin: row.origin,
    retryOf: row.retry_of,
    workerId: row.worker_id,
    createdAt: row.created_at.toISOString(),
    startedAt: iso(row.started_at),
    endedAt: iso(row.ended_at),
    cancelRequestedAt: iso(row.cancel_requested_at),
    errorCode: row.error_code,
    jobId: row.job_id,
    jobRunId: row.job_run_id,
    queueId: row.queue_id,
    held: row.status === "pending" && row.released_at === null,
  };
}

/** The run of a row with what became of it. */
export function toEndedRun(row: RunRow): EndedRun {
  return { ...toHostedRun(row), ...(row.status === "completed" && { result: row.result }), error: row.error, attempts: row.attempts, outcome: row.outcome };
}

/** The run of a row with its request opened. @throws LatchkeyError `RESULT_GONE`, `SEAL_KEY_MISMATCH` */
export function toClaimed(row: RunRow, sealer: Sealer): ClaimedRun {
  if (row.sealed_request === null) throw new LatchkeyError("RESULT_GONE", "The parameters of the run are no longer kept.");
  // What was sealed was ours; its authenticity has just been checked.
  const request = JSON.parse(sealer.open(row.sealed_request, requestContext(row.id))) as SealedRequest;
  return { run: toHostedRun(row), request, trace: row.trace, earlierAttempts: row.attempts, traceparent: row.traceparent, delivery: row.delivery };
}
