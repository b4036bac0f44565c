import { LatchkeyError, toLatchkeyError, type ErrorBody } from "../../model/errors.ts";
import { hasEnded, type ClaimedRun } from "../../model/hosted-run.ts";
import type { HostedRuns } from "../../model/hosted-store.ts";
import type { Manifest } from "../../model/deployment.ts";
import type { AttemptRecord, RunOutcome } from "../../model/run.ts";
import { addRunDelivery } from "./deliveries.ts";
import { toJsonb, type Sql } from "./database.ts";
import { queueOf, type EngineJob } from "./engine.ts";
import { RUN_COLUMNS, toClaimed, toHostedRun, type RunRow } from "./run-row.ts";
import type { RunTables } from "./run-tables.ts";
import { extend, lockParent, settleParent } from "./settle.ts";
import { tellSignal } from "./signals.ts";

const GOING_ON = "('started', 'awaiting-input')";
const CLAIM_COLUMNS = `${RUN_COLUMNS}, sealed_request, attempts, result, error, outcome, trace, traceparent, exclusive_key, request_hash`;

/** How workers take runs and give back what became of them. */
export function createClaims(tables: RunTables): Pick<HostedRuns, "waitingProjects" | "claim" | "finish" | "retryLater" | "handBack" | "giveUp" | "touch" | "canceled" | "setAwaitingInput"> {
  const { database, engine, sealer } = tables;
  /** Only the delivery that holds the run may change it: a worker that was thought dead comes too late. */
  const changeHeld = async ({ run, delivery }: ClaimedRun, change: (sql: Sql, job: EngineJob) => Promise<void>): Promise<boolean> =>
    database.transaction(async (sql) => {
      await lockParent(sql, run);
      const { rowCount } = await sql.query(`select 1 from runs where id = $1 and delivery = $2 and status in ${GOING_ON} for update`, [run.runId, delivery]);
      if (rowCount !== 1) return false;
      await change(sql, { id: run.runId, retryCount: delivery });
      await tellSignal(sql, { kind: "work", projectId: run.projectId });
      return true;
    });

  return {
    async waitingProjects() {
      const { rows } = await database.sql.query<{ readonly project_id: string }>(`select distinct project_id from runs where (status = 'pending' and released_at is not null) or status in ${GOING_ON}`);
      return rows.map(({ project_id: projectId }) => projectId);
    },

    async claim(projectId, workerId) {
      await engine.addQueue(queueOf(projectId));
      return database.transaction(async (sql) => {
        // One claim of a project at a time: the limits below are exact, on however many workers.
        await sql.query("select pg_advisory_xact_lock(hashtextextended($1, 1))", [projectId]);
        const { rows: active } = await sql.query<{ readonly exclusive_key: string | null }>(
          `select r.exclusive_key from runs r join pgboss.job j on j.name = $2 and j.id = r.id and j.state = 'active' where r.project_id = $1 and r.status in ${GOING_ON}`,
          [projectId, queueOf(projectId)],
        );
        if (active.length >= (await concurrencyOf(sql, projectId))) return null;
        for (;;) {
          const job = await engine.fetch(sql, queueOf(projectId), active.flatMap(({ exclusive_key: key }) => key ?? []));
          if (job === null) return null;
          const claimed = await take(sql, job, workerId);
          if (claimed !== null) return claimed;
        }
      });
    },

    finish: (claimed, outcome, last) =>
      changeHeld(claimed, async (sql) => {
        const { runId, projectId } = claimed.run;
        for (const event of last) await sql.query("insert into run_events (run_id, event) values ($1, $2)", [runId, toJsonb(event)]);
        await end(sql, claimed, outcome);
        await engine.remove(sql, queueOf(projectId), runId);
        await tellSignal(sql, { kind: "ended", runId });
      }),

    retryLater: (claimed, { attempts }) =>
      changeHeld(claimed, async (sql, job) => {
        await sql.query("update runs set status = 'pending', worker_id = null, attempts = $2 where id = $1", [claimed.run.runId, toJsonb(attempts)]);
        await engine.retry(sql, queueOf(claimed.run.projectId), job);
      }),

    handBack: (claimed) =>
      changeHeld(claimed, async (sql, job) => {
        await sql.query("update runs set status = 'pending', worker_id = null, attempt = attempt - 1 where id = $1", [claimed.run.runId]);
        await engine.retry(sql, queueOf(claimed.run.projectId), job);
      }),

    giveUp: (workerId) =>
      database.transaction(async (sql) => {
        const { rows } = await sql.query<{ readonly id: string; readonly project_id: string; readonly delivery: number }>(`select id, project_id, delivery from runs where worker_id = $1 and status in ${GOING_ON}`, [workerId]);
        for (const { id, project_id: projectId, delivery } of rows) await engine.retry(sql, queueOf(projectId), { id, retryCount: delivery });
        await sql.query("delete from workers where id = $1", [workerId]);
      }),

    async touch(claimed) {
      const byProject = Map.groupBy(claimed, ({ run }) => run.projectId);
      await Promise.all([...byProject].map(([projectId, runs]) => engine.touch(queueOf(projectId), runs.map(({ run, delivery }) => ({ id: run.runId, retryCount: delivery })))));
    },

    async canceled(runIds) {
      const { rows } = await database.sql.query<{ readonly id: string }>("select id from runs where id = any($1) and cancel_requested_at is not null", [runIds]);
      return rows.map(({ id }) => id);
    },

    async setAwaitingInput({ run, delivery }, awaiting) {
      await database.sql.query(`update runs set status = $3 where id = $1 and delivery = $2 and status in ${GOING_ON}`, [run.runId, delivery, awaiting ? "awaiting-input" : "started"]);
    },
  };

  /** Takes the run of a job. Null: there is nothing to do for it, and the job is gone. */
  async function take(sql: Sql, job: EngineJob, workerId: string): Promise<ClaimedRun | null> {
    const { rows: known } = await sql.query<RunRow>(`select ${RUN_COLUMNS} from runs where id = $1`, [job.id]);
    if (known[0] !== undefined) await lockParent(sql, toHostedRun(known[0]));
    const { rows } = await sql.query<RunRow>(`select ${CLAIM_COLUMNS} from runs where id = $1 for update`, [job.id]);
    const [row] = rows;
    if (row === undefined || hasEnded(row.status)) {
      if (row !== undefined) await engine.remove(sql, queueOf(row.project_id), job.id);
      return null;
    }
    const lost = row.status === "pending" ? [] : [lostAttempt(row)];
    const attempts = [...row.attempts, ...lost];
    const ending = row.cancel_requested_at !== null ? new LatchkeyError("CANCELED", "The run was canceled.") : row.attempt >= row.maximum_attempts ? lostError(row) : unreadable(row);
    if (ending !== null) {
      await endWithout(sql, row, attempts, ending.toBody());
      return null;
    }
    if (lost.length > 0) await sql.query("update prompts set closed_at = now() where run_id = $1 and answered_at is null and closed_at is null", [job.id]);
    const { rows: taken } = await sql.query<RunRow>(
      `update runs set status = 'started', attempt = attempt + 1, delivery = $2, worker_id = $3, attempts = $4, started_at = coalesce(started_at, now()) where id = $1 returning ${CLAIM_COLUMNS}`,
      [job.id, job.retryCount, workerId, toJsonb(attempts)],
    );
    return taken[0] === undefined ? null : toClaimed(taken[0], sealer);
  }

  function unreadable(row: RunRow): LatchkeyError | null {
    try {
      toClaimed(row, sealer);
      return null;
    } catch (thrown) {
      return toLatchkeyError(thrown);
    }
  }

  async function endWithout(sql: Sql, row: RunRow, attempts: readonly AttemptRecord[], error: ErrorBody): Promise<void> {
    const at = new Date().toISOString();
    const status = error.code === "CANCELED" ? "canceled" : "failed";
    const startedAt = (row.started_at ?? row.created_at).toISOString();
    await sql.query("insert into run_events (run_id, event) values ($1, $2)", [row.id, { type: "run-ended", at, status, durationMs: Date.parse(at) - Date.parse(startedAt) }]);
    const claimed = safeClaim(row);
    const outcome: RunOutcome = { runId: row.id, status, error, attempts, durationMs: Date.parse(at) - Date.parse(startedAt), startedAt, files: [], losses: [] };
    if (claimed === null) {
      await sql.query("update runs set status = $2, ended_at = now(), error = $3, attempts = $4 where id = $1", [row.id, status, toJsonb(error), toJsonb(attempts)]);
      await settleParent(sql, tables, toHostedRun(row), { runId: row.id, status, errorCode: error.code, added: 0 });
    } else await end(sql, claimed, outcome);
    await engine.remove(sql, queueOf(row.project_id), row.id);
    await tellSignal(sql, { kind: "ended", runId: row.id });
  }

  function safeClaim(row: RunRow): ClaimedRun | null {
    return unreadable(row) === null ? toClaimed(row, sealer) : null;
  }

  async function end(sql: Sql, claimed: ClaimedRun, { extendedPayloads, ...ended }: RunOutcome): Promise<void> {
    const extension = await extend(sql, tables, claimed, { status: ended.status, ...(extendedPayloads !== undefined && { extendedPayloads }) });
    const { status, result, error, attempts, ...outcome } = { ...ended, ...(extension !== null && { extendedPayloads: extension.extendedPayloads }) };
    await sql.query("update runs set status = $2, ended_at = now(), result = $3, error = $4, attempts = $5, outcome = $6 where id = $1", [claimed.run.runId, status, result === undefined ? null : JSON.stringify(result), error === undefined ? null : toJsonb(error), toJsonb(attempts), toJsonb(outcome)]);
    await addRunDelivery(sql, { sealer, engine }, claimed, { status, attempts, ...outcome, ...(result !== undefined && { result }), ...(error !== undefined && { error }) });
    await settleParent(sql, tables, claimed.run, { runId: claimed.run.runId, status, errorCode: error?.code ?? null, added: extension?.added ?? 0 });
  }
}

/** How many runs of a project may go on at once: what its live deployment says. */
async function concurrencyOf(sql: Sql, projectId: string): Promise<number> {
  const { rows } = await sql.query<{ readonly limit: Manifest["maxConcurrentRequests"] }>("select d.manifest->'maxConcurrentRequests' as limit from projects p join deployments d on d.id = p.live_deployment_id where p.id = $1", [projectId]);
  return rows[0]?.limit ?? Number.POSITIVE_INFINITY;
}

function lostError(row: RunRow): LatchkeyError {
  return new LatchkeyError("WORKER_LOST", `The worker of the run ended in the middle of attempt ${row.attempt} of ${row.maximum_attempts}.`);
}

function lostAttempt(row: RunRow): AttemptRecord {
  const startedAt = (row.started_at ?? row.created_at).toISOString();
  return { number: row.attempt, startedAt, durationMs: 0, phases: [], error: lostError(row).toBody(), proxy: null, ladder: [] };
}
