import { randomUUIDv7 } from "node:crypto";
import { LatchkeyError, toLatchkeyError } from "../../model/errors.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import { DEFAULT_JOB_CONCURRENCY, type JobDefinition, type JobRunStatus, type PayloadItem, type StandstillReason, type StoredJobRun } from "../../model/job.ts";
import type { SealedBox } from "../../model/seal.ts";
import { toSink } from "../../model/sink.ts";
import { addDelivery } from "./deliveries.ts";
import { toJsonb, type Sql } from "./database.ts";
import { countActive, insertHeld, releaseHeld, type HeldRun } from "./held-runs.ts";
import { iso } from "./run-row.ts";
import type { RunTables } from "./run-tables.ts";

const ACTIVE = new Set<JobRunStatus>(["running", "pausing", "paused"]);
const TIMEOUT_SECONDS = 600;
const ATTEMPTS = 3;

/** A row of `job_runs`. */
export interface JobRunRow {
  readonly id: string;
  readonly project_id: string;
  readonly job_id: string;
  readonly type: "manual" | "scheduled";
  readonly status: JobRunStatus;
  readonly definition: JobDefinition;
  readonly sealed_definition: SealedBox;
  readonly payloads: number;
  readonly successful_runs: number;
  readonly failed_runs: number;
  readonly canceled_runs: number;
  readonly reason: StandstillReason | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** A row of `jobs`. */
export interface JobRow {
  readonly project_id: string;
  readonly id: string;
  readonly definition: JobDefinition;
  readonly sealed_definition: SealedBox;
  readonly state: "active" | "paused";
  readonly reason: StandstillReason | null;
  readonly origin: "api" | "deployment";
  readonly next_nominal_at: Date | null;
  readonly next_run_at: Date | null;
  readonly last_run_at: Date | null;
  readonly created_at: Date;
}

/** The job run of a row. */
export function toJobRun(row: JobRunRow): StoredJobRun {
  return {
    id: row.id,
    jobId: row.job_id,
    type: row.type,
    status: row.status,
    definition: row.definition,
    payloads: row.payloads,
    successfulRuns: row.successful_runs,
    failedRuns: row.failed_runs,
    canceledRuns: row.canceled_runs,
    reason: row.reason,
    startedAt: row.started_at.toISOString(),
    endedAt: iso(row.ended_at),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** What binds a sealed definition to its job, or its job run. */
export const jobContext = (projectId: string, id: string): string => `job ${projectId} ${id}`;
/** See {@link jobContext}. */
export const jobRunContext = (id: string): string => `job-run ${id}`;

/** What made a job run. */
export interface Trigger {
  readonly type: "manual" | "scheduled";
  /** The nominal time of its firing. */
  readonly scheduledFor: Date | null;
  readonly idempotencyKey: string | null;
}

/** Records a job run with all its runs, and releases the first of them. The caller holds the job's lock. Null: the firing was made before. */
export async function startJobRun(sql: Sql, tables: RunTables, project: Pick<HostedProject, "id" | "workspaceId" | "liveDeploymentId">, job: JobRow, trigger: Trigger): Promise<JobRunRow | null> {
  const { sealer, engine } = tables;
  const id = randomUUIDv7();
  let text = "{}";
  let obstacle: StandstillReason | null;
  try {
    text = sealer.open(job.sealed_definition, jobContext(project.id, job.id));
    obstacle = await findObstacle(sql, project, job);
  } catch (thrown) {
    // Its next firing will tell the same: that must not keep other jobs waiting.
    obstacle = { type: "terminated", message: `The job's definition cannot be read: ${toLatchkeyError(thrown).message}` };
  }
  // What was sealed was ours; its authenticity has just been checked.
  const definition = JSON.parse(text) as JobDefinition;
  const payload = obstacle === null ? definition.payload : [];
  const { rows } = await sql.query<JobRunRow>(
    `insert into job_runs (id, project_id, job_id, type, status, definition, sealed_definition, deployment_id, scheduled_for, idempotency_key, payloads, reason, ended_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $5 = 'canceled' then now() end)
     on conflict (project_id, job_id, scheduled_for) do nothing returning *`,
    [id, project.id, job.id, trigger.type, obstacle === null ? "running" : "canceled", toJsonb(job.definition), sealer.seal(text, jobRunContext(id)), project.liveDeploymentId, trigger.scheduledFor, trigger.idempotencyKey, payload.length, obstacle === null ? null : toJsonb(obstacle)],
  );
  const [row] = rows;
  await sql.query("update jobs set last_run_at = now() where project_id = $1 and id = $2", [project.id, job.id]);
  if (row === undefined || obstacle !== null || project.liveDeploymentId === null) return row ?? null;
  await insertHeld(sql, sealer, { projectId: project.id, workspaceId: project.workspaceId, deploymentId: project.liveDeploymentId, jobId: job.id, jobRunId: id, queueId: null, origin: `job ${job.id}` }, payload.map((item) => toHeldRun(definition, item)));
  await releaseHeld(sql, engine, { projectId: project.id, jobRunId: id }, concurrencyOf(definition));
  return row;
}

function concurrencyOf({ configuration }: JobDefinition): number {
  return configuration.maxConcurrentRequests ?? DEFAULT_JOB_CONCURRENCY;
}

function toHeldRun({ configuration, sink, proxy, auth_session: session }: JobDefinition, { apiName, parameters, requestTimeout, retry }: PayloadItem): HeldRun {
  const { checkAttempts, createAttempts, autoRecreate = true } = session ?? {};
  return {
    request: {
      target: { kind: "api", name: apiName, authSessionId: session?.id ?? null, check: true, autoRecreate, limits: { ...(checkAttempts !== undefined && { checkAttempts }), ...(createAttempts !== undefined && { createAttempts }) } },
      parameters,
      proxyUrl: proxy ?? null,
      sink: sink == null ? null : toSink(sink),
    },
    timeoutMs: (requestTimeout ?? configuration.requestTimeout ?? TIMEOUT_SECONDS) * 1_000,
    maximumAttempts: retry?.maximumAttempts ?? configuration.retry?.maximumAttempts ?? ATTEMPTS,
    trace: configuration.saveTrace ?? true,
    priority: 0,
    notBefore: null,
    idempotencyKey: null,
  };
}

/** What keeps a job run from starting: it is recorded as canceled then, so that nobody wonders. */
async function findObstacle(sql: Sql, project: Pick<HostedProject, "id" | "liveDeploymentId">, job: JobRow): Promise<StandstillReason | null> {
  const { rowCount } = await sql.query("select 1 from job_runs where project_id = $1 and job_id = $2 and status in ('running', 'pausing', 'paused')", [project.id, job.id]);
  if (rowCount !== 0) return { type: "another-job-run-active", message: "The job run before it has not ended." };
  if (project.liveDeploymentId === null) return { type: "terminated", message: "The project has no live deployment." };
  const session = job.definition.auth_session;
  if (session == null) return null;
  const { rows } = await sql.query<{ readonly status: string }>("select summary->>'status' as status from auth_sessions where project_id = $1 and id = $2", [project.id, session.id]);
  if (rows[0] === undefined) return { type: "auth-session-not-found", message: `There is no auth session "${session.id}".` };
  if (rows[0].status === "needs-attention") return { type: "auth-session-validate-dependency-failed", message: `The auth session "${session.id}" needs attention: nothing logs in until it is updated.` };
  return null;
}

/** What became of one run. */
export interface EndedOfLine {
  readonly runId: string;
  readonly status: "completed" | "failed" | "canceled";
  readonly errorCode: string | null;
  /** Runs that it added. */
  readonly added: number;
}

/** After these the next run would only fail the same way, and may lock the account. */
const DEAD_LOGIN = new Set(["AUTH_SESSION_NEEDS_ATTENTION", "AUTH_SESSION_CHECK_FAILED", "AUTH_SESSION_NOT_FOUND", "INVALID_CREDENTIALS", "STATE_NOT_PORTABLE", "PROMPT_TIMED_OUT"]);

/** Whether an error says that a login is of no use until a person sees to it. */
export function isDeadLogin(errorCode: string | null): boolean {
  return errorCode !== null && DEAD_LOGIN.has(errorCode);
}

/** Counts a run that ended, and goes on with the job run. The caller holds the job's lock. */
export async function settleJobRun(sql: Sql, tables: RunTables, jobRunId: string, { runId, status, errorCode, added }: EndedOfLine): Promise<void> {
  const { rows } = await sql.query<JobRunRow>(
    "update job_runs set successful_runs = successful_runs + $2, failed_runs = failed_runs + $3, canceled_runs = canceled_runs + $4, payloads = payloads + $5, updated_at = now() where id = $1 returning *",
    [jobRunId, Number(status === "completed"), Number(status === "failed"), Number(status === "canceled"), added],
  );
  const [row] = rows;
  if (row?.status === "terminated" && status === "canceled") await sql.query("update runs set error = jsonb_set(error, '{details}', '{\"reason\": \"job-run-terminated\"}') where id = $1 and error is not null", [runId]);
  if (row === undefined || !ACTIVE.has(row.status)) return;
  if (row.status === "running" && isDeadLogin(errorCode)) {
    const reason: StandstillReason = { type: "auth-session-invalid-mid-job", message: `The auth session "${row.definition.auth_session?.id ?? ""}" needs attention. Update it, then resume the job.`, timestamp: new Date().toISOString() };
    await sql.query("update jobs set state = 'paused', reason = $3 where project_id = $1 and id = $2", [row.project_id, row.job_id, toJsonb({ ...reason, type: "paused", details: { type: reason.type } })]);
    await sql.query("update job_runs set status = 'pausing', reason = $2 where id = $1", [jobRunId, toJsonb(reason)]);
    await continueJobRun(sql, tables, { ...row, status: "pausing" });
    return;
  }
  await continueJobRun(sql, tables, row);
}

/** Ends a job run of which nothing is left, settles one that pauses, releases more of one that goes on. */
export async function continueJobRun(sql: Sql, tables: RunTables, row: JobRunRow): Promise<void> {
  const { payloads, successful_runs: good, failed_runs: bad, canceled_runs: canceled } = row;
  const line = { projectId: row.project_id, jobRunId: row.id };
  if (good + bad + canceled >= payloads) {
    const status: JobRunStatus = good === payloads ? "success" : good > 0 ? "completed" : bad > 0 ? "failure" : "canceled";
    await sql.query("update job_runs set status = $2, ended_at = now(), updated_at = now() where id = $1", [row.id, status]);
    await deliverWhole(sql, tables, row);
    return;
  }
  const active = await countActive(sql, line);
  if (row.status === "running") await releaseHeld(sql, tables.engine, line, concurrencyOf(row.definition) - active);
  else if (row.status === "pausing" && active === 0) await sql.query("update job_runs set status = 'paused', updated_at = now() where id = $1", [row.id]);
}

/** A sink that takes a whole job run as lines gets it when it has ended. */
export async function deliverWhole(sql: Sql, { sealer, engine }: RunTables, row: JobRunRow): Promise<void> {
  const { sink } = row.definition;
  if (sink?.type !== "s3" || sink.format !== "jsonl") return;
  const definition = JSON.parse(sealer.open(row.sealed_definition, jobRunContext(row.id))) as JobDefinition;
  const { rows } = await sql.query<{ readonly workspace_id: string }>("select workspace_id from projects where id = $1", [row.project_id]);
  if (rows[0] === undefined || definition.sink == null) throw new LatchkeyError("INTERNAL", "The project of a job run is gone.");
  await addDelivery(sql, { sealer, engine }, { workspaceId: rows[0].workspace_id, projectId: row.project_id, kind: "job-run", runId: null, jobRunId: row.id, sink: toSink(definition.sink), name: `${row.job_id}/${row.id}.jsonl`, body: { jobRunId: row.id } });
}
