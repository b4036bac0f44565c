import type { ClaimedRun, HostedRun, SealedRequest } from "../../model/hosted-run.ts";
import { MAX_PAYLOADS } from "../../model/job.ts";
import { MAX_WAITING_ITEMS } from "../../model/queue.ts";
import { createRedactor } from "../../model/redact.ts";
import type { ExtendedPayload, RunOutcome } from "../../model/run.ts";
import { toJsonb, type Sql } from "./database.ts";
import { insertHeld, payloadHash } from "./held-runs.ts";
import { settleJobRun, type EndedOfLine } from "./job-runs.ts";
import { lockQueue, settleQueue } from "./queue-dispatch.ts";
import type { RunTables } from "./run-tables.ts";

type Membership = Pick<HostedRun, "projectId" | "jobId" | "jobRunId" | "queueId">;

/** Locks what a run belongs to. Always before the run itself: whoever works on the whole line does the same. */
export async function lockParent(sql: Sql, { projectId, jobId, queueId }: Membership): Promise<void> {
  if (jobId !== null) await sql.query("select 1 from jobs where project_id = $1 and id = $2 for update", [projectId, jobId]);
  if (queueId !== null) await lockQueue(sql, projectId, queueId);
}

/** Tells a run's job run or queue that it has ended, in the transaction that ends it: counts are right whatever is killed. */
export async function settleParent(sql: Sql, tables: RunTables, { projectId, jobRunId, queueId, authSessionId }: Membership & Pick<HostedRun, "authSessionId">, ended: EndedOfLine): Promise<void> {
  if (jobRunId !== null) await settleJobRun(sql, tables, jobRunId, ended);
  if (queueId === null) return;
  const row = await lockQueue(sql, projectId, queueId);
  if (row !== null) await settleQueue(sql, tables, row, ended, authSessionId);
}

/** What came of the payloads that a run added. */
export interface Extension {
  /** As they are recorded with the run: without secrets, with the ids of the runs they became. */
  readonly extendedPayloads: readonly ExtendedPayload[];
  readonly added: number;
}

/** Adds the payloads of a completed run to its job run or queue, each one once. */
export async function extend(sql: Sql, { sealer }: RunTables, { run, request, trace }: ClaimedRun, { status, extendedPayloads = [] }: Pick<RunOutcome, "status" | "extendedPayloads">): Promise<Extension | null> {
  if (extendedPayloads.length === 0) return null;
  const shown = (payload: ExtendedPayload): ExtendedPayload => {
    const redactor = createRedactor();
    redactor.addSensitive(payload.parameters);
    return { ...payload, parameters: redactor.value(payload.parameters) };
  };
  const { jobRunId, queueId, projectId } = run;
  const { target } = request;
  if (status !== "completed" || target.kind !== "api" || (jobRunId === null && queueId === null)) return { extendedPayloads: extendedPayloads.map(shown), added: 0 };
  const requests = extendedPayloads.map(({ api, parameters }): SealedRequest => ({ ...request, target: { ...target, name: api }, parameters }));
  const hashes = requests.map((one) => payloadHash(sealer, one));
  const known = await knownHashes(sql, run, hashes);
  const fresh = requests.flatMap((one, index) => {
    const hash = hashes[index] ?? "";
    if (known.has(hash)) return [];
    known.add(hash);
    return [{ request: one, index }];
  });
  const room = await roomLeft(sql, run);
  const taken = fresh.slice(0, room);
  const rows = await insertHeld(
    sql,
    sealer,
    { projectId, workspaceId: run.workspaceId, deploymentId: run.deploymentId, jobId: run.jobId, jobRunId, queueId, origin: run.origin },
    taken.map((one) => ({ request: one.request, timeoutMs: run.timeoutMs, maximumAttempts: run.maximumAttempts, trace, priority: run.priority, notBefore: null, idempotencyKey: null })),
  );
  if (fresh.length > room) {
    const message = `${fresh.length - room} of ${fresh.length} extended payloads were not added: ${jobRunId === null ? `a queue holds at most ${MAX_WAITING_ITEMS} waiting items` : `a job run has at most ${MAX_PAYLOADS} payloads`}.`;
    await sql.query("insert into run_events (run_id, event) values ($1, $2)", [run.runId, toJsonb({ type: "log", at: new Date().toISOString(), attempt: run.attempt, level: "warn", source: "runtime", message })]);
  }
  const idOf = new Map(taken.map(({ index }, place) => [index, rows[place]?.id]));
  return {
    extendedPayloads: extendedPayloads.map((payload, index) => {
      const runId = idOf.get(index);
      return { ...shown(payload), ...(runId !== undefined && { runId }) };
    }),
    added: rows.length,
  };
}

/** Of a job run: every payload it ever had. Of a queue: those that wait. */
async function knownHashes(sql: Sql, { jobRunId, projectId, queueId }: HostedRun, hashes: readonly string[]): Promise<Set<string>> {
  const { rows } =
    jobRunId === null
      ? await sql.query<{ readonly payload_hash: string }>("select distinct payload_hash from runs where project_id = $1 and queue_id = $2 and released_at is null and status = 'pending' and payload_hash = any($3)", [projectId, queueId, hashes])
      : await sql.query<{ readonly payload_hash: string }>("select distinct payload_hash from runs where job_run_id = $1 and payload_hash = any($2)", [jobRunId, hashes]);
  return new Set(rows.map(({ payload_hash: hash }) => hash));
}

async function roomLeft(sql: Sql, { jobRunId, projectId, queueId }: HostedRun): Promise<number> {
  if (jobRunId !== null) {
    // A job run that was terminated meanwhile takes no more.
    const { rows } = await sql.query<{ readonly payloads: number; readonly status: string }>("select payloads, status from job_runs where id = $1", [jobRunId]);
    return rows[0] === undefined || rows[0].status === "terminated" ? 0 : Math.max(0, MAX_PAYLOADS - rows[0].payloads);
  }
  const { rows } = await sql.query<{ readonly count: string }>("select count(*) as count from runs where project_id = $1 and queue_id = $2 and released_at is null and status = 'pending' and exists (select 1 from queues where project_id = $1 and id = $2)", [projectId, queueId]);
  return Math.max(0, MAX_WAITING_ITEMS - Number(rows[0]?.count ?? 0));
}
