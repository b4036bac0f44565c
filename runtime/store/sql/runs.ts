import { LatchkeyError } from "../../model/errors.ts";
import { hasEnded, type EndedRun, type HostedRun } from "../../model/hosted-run.ts";
import type { HostedRuns } from "../../model/hosted-store.ts";
import { createClaims } from "./claim.ts";
import { sqlStateOf, toJsonb, UNIQUE_VIOLATION, type Sql } from "./database.ts";
import { queueOf } from "./engine.ts";
import { requestContext, RUN_COLUMNS, toClaimed, toEndedRun, toHostedRun, type RunRow } from "./run-row.ts";
import type { RunTables } from "./run-tables.ts";
import { lockParent, settleParent } from "./settle.ts";
import { tellSignal } from "./signals.ts";

/** Runs on PostgreSQL, each with its job in the engine. */
export function createRuns(tables: RunTables): HostedRuns {
  const { database, engine, sealer } = tables;
  const find = async (sql: Sql, projectId: string, runId: string, suffix = ""): Promise<RunRow | null> => {
    const { rows } = await sql.query<RunRow>(`select ${RUN_COLUMNS}, sealed_request, attempts, result, error, outcome, trace, traceparent, exclusive_key, request_hash from runs where id = $1 and project_id = $2 ${suffix}`, [runId, projectId]);
    return rows[0] ?? null;
  };
  const startedBefore = async (projectId: string, key: string, requestHash: string): Promise<HostedRun | null> => {
    const { rows } = await database.sql.query<RunRow>(`select ${RUN_COLUMNS}, request_hash from runs where project_id = $1 and idempotency_key = $2`, [projectId, key]);
    const [row] = rows;
    if (row === undefined) return null;
    if (row.request_hash !== requestHash) throw new LatchkeyError("IDEMPOTENCY_CONFLICT", `The idempotency key "${key}" was used for the run ${row.id}, which was asked for differently.`);
    return toHostedRun(row);
  };

  return {
    ...createClaims(tables),

    async start(run) {
      await engine.addQueue(queueOf(run.projectId));
      if (run.idempotencyKey !== null) {
        const before = await startedBefore(run.projectId, run.idempotencyKey, sealer.fingerprint(run.requestText));
        if (before !== null) return { run: before, isNew: false };
      }
      try {
        const started = await database.transaction(async (sql) => {
          const { rows } = await sql.query<RunRow>(
            `insert into runs (id, workspace_id, project_id, deployment_id, target, kind, api, auth_session_id, exclusive_key, sealed_request, parameters, priority, not_before, timeout_ms, maximum_attempts, trace, origin, retry_of, idempotency_key, request_hash, traceparent)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) returning ${RUN_COLUMNS}`,
            [run.runId, run.workspaceId, run.projectId, run.deploymentId, run.target, run.kind, run.api, run.authSessionId, run.exclusiveKey, sealer.seal(JSON.stringify(run.request), requestContext(run.runId)), toJsonb(run.shownParameters), run.priority, run.notBefore, run.timeoutMs, run.maximumAttempts, run.trace, run.origin, run.retryOf, run.idempotencyKey, sealer.fingerprint(run.requestText), run.traceparent],
          );
          await engine.send(sql, queueOf(run.projectId), run.runId, { priority: run.priority, notBefore: run.notBefore, group: run.exclusiveKey });
          await tellSignal(sql, { kind: "work", projectId: run.projectId });
          return rows[0];
        });
        if (started === undefined) throw new LatchkeyError("INTERNAL", "The run was not recorded.");
        return { run: toHostedRun(started), isNew: true };
      } catch (thrown) {
        // Two requests with the same key at once: the second one gets the first one's run.
        if (sqlStateOf(thrown) !== UNIQUE_VIOLATION || run.idempotencyKey === null) throw thrown;
        const before = await startedBefore(run.projectId, run.idempotencyKey, sealer.fingerprint(run.requestText));
        if (before === null) throw thrown;
        return { run: before, isNew: false };
      }
    },

    async get(projectId, runId): Promise<EndedRun | null> {
      const row = await find(database.sql, projectId, runId);
      return row === null ? null : toEndedRun(row);
    },

    async list(projectId, { status, api, authSessionId, jobRunId, queueId, since, until, cursor, limit }) {
      const { rows } = await database.sql.query<RunRow>(
        `select ${RUN_COLUMNS} from runs
         where project_id = $1 and ($2::text is null or status = $2) and ($3::text is null or api = $3) and ($4::text is null or auth_session_id = $4)
           and ($5::timestamptz is null or created_at >= $5) and ($6::timestamptz is null or created_at < $6) and ($7::uuid is null or id < $7)
           and ($9::uuid is null or job_run_id = $9) and ($10::text is null or queue_id = $10)
         order by id desc limit $8`,
        [projectId, status ?? null, api ?? null, authSessionId ?? null, since ?? null, until ?? null, cursor ?? null, limit, jobRunId ?? null, queueId ?? null],
      );
      return rows.map(toHostedRun);
    },

    async requestOf(projectId, runId) {
      const row = await find(database.sql, projectId, runId);
      if (row === null) throw new LatchkeyError("RUN_NOT_FOUND", `There is no run "${runId}".`);
      return toClaimed(row, sealer);
    },

    async isKeyUsed(projectId, key) {
      const { rowCount } = await database.sql.query("select 1 from runs where project_id = $1 and idempotency_key = $2", [projectId, key]);
      return rowCount === 1;
    },

    async creating(projectId) {
      const { rows } = await database.sql.query<{ readonly auth_session_id: string }>("select distinct auth_session_id from runs where project_id = $1 and kind in ('auth-create', 'auth-import', 'auth-record') and status in ('pending', 'started', 'awaiting-input')", [projectId]);
      return rows.map(({ auth_session_id: id }) => id).sort();
    },

    async cancel(projectId, runId) {
      return database.transaction(async (sql) => {
        const known = await find(sql, projectId, runId);
        if (known !== null) await lockParent(sql, toHostedRun(known));
        const row = await find(sql, projectId, runId, "for update");
        if (row === null) throw new LatchkeyError("RUN_NOT_FOUND", `There is no run "${runId}".`);
        if (hasEnded(row.status)) throw new LatchkeyError("RUN_ENDED", `The run has ended: it is ${row.status}.`);
        const waits = row.status === "pending";
        const { rows } = await sql.query<RunRow>(
          waits
            ? `update runs set status = 'canceled', cancel_requested_at = now(), ended_at = now(), error = $2 where id = $1 returning ${RUN_COLUMNS}`
            : `update runs set cancel_requested_at = coalesce(cancel_requested_at, now()) where id = $1 returning ${RUN_COLUMNS}`,
          waits ? [runId, toJsonb(new LatchkeyError("CANCELED", "The run was canceled before it began.").toBody())] : [runId],
        );
        if (waits) {
          await engine.remove(sql, queueOf(projectId), runId);
          await sql.query("insert into run_events (run_id, event) values ($1, $2)", [runId, { type: "run-ended", at: new Date().toISOString(), status: "canceled", durationMs: 0 }]);
        }
        await tellSignal(sql, { kind: waits ? "ended" : "cancel", runId });
        if (waits) await settleParent(sql, tables, toHostedRun(row), { runId, status: "canceled", errorCode: null, added: 0 });
        return toHostedRun(rows[0] ?? row);
      });
    },

    async counts() {
      const { rows } = await database.sql.query<{ readonly project: string; readonly status: string; readonly count: string }>(
        "select p.name as project, r.status, count(*) as count from runs r join projects p on p.id = r.project_id where r.status in ('pending', 'started', 'awaiting-input') group by 1, 2",
      );
      return rows.map(({ project, status, count }) => ({ project, status, count: Number(count) }));
    },

    async readyCount() {
      const { rows } = await database.sql.query<{ readonly count: string }>("select count(*) as count from runs where status = 'pending' and released_at is not null and (not_before is null or not_before <= now())");
      return Number(rows[0]?.count ?? 0);
    },

    async heldCounts() {
      const { rows } = await database.sql.query<{ readonly project: string; readonly of: "job" | "queue"; readonly count: string }>(
        `select p.name as project, case when r.queue_id is null then 'job' else 'queue' end as "of", count(*) as count from runs r join projects p on p.id = r.project_id where r.status = 'pending' and r.released_at is null group by 1, 2`,
      );
      return rows.map(({ project, of, count }) => ({ project, of, count: Number(count) }));
    },

    async endings(sinceMs) {
      const { rows } = await database.sql.query<{ readonly project: string; readonly status: string; readonly code: string; readonly count: string }>(
        "select p.name as project, r.status, coalesce(r.error->>'code', '') as code, count(*) as count from runs r join projects p on p.id = r.project_id where r.ended_at > to_timestamp($1 / 1000.0) group by 1, 2, 3",
        [sinceMs],
      );
      return rows.map(({ project, status, code, count }) => ({ project, status, errorCode: code, count: Number(count) }));
    },
  };
}
