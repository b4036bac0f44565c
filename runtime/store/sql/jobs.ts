import { LatchkeyError } from "../../model/errors.ts";
import type { HostedJobs, JobDefinition, JobRunPage, StandstillReason, StoredJob } from "../../model/job.ts";
import { maskDefinition } from "../../model/masked.ts";
import type { Schedule } from "../../model/schedule.ts";
import { cancelLine } from "./cancel-line.ts";
import { sqlStateOf, toJsonb, UNIQUE_VIOLATION, type Sql } from "./database.ts";
import { queueOf } from "./engine.ts";
import { continueJobRun, deliverWhole, jobContext, startJobRun, toJobRun, type JobRow, type JobRunRow } from "./job-runs.ts";
import { databaseNowMs } from "./queue-dispatch.ts";
import { iso, RUN_COLUMNS, toEndedRun, type RunRow } from "./run-row.ts";
import type { RunTables } from "./run-tables.ts";
import { tellSignal } from "./signals.ts";

/** WIRE-API's names of what job runs are sorted by. */
const SORT_COLUMNS = { start_time: "started_at", end_time: "ended_at", created_at: "created_at", status: "status", type: "type" } as const;
const ACTIVE = "('running', 'pausing', 'paused')";

/** Jobs on PostgreSQL. Whatever changes a job or its job run holds the job's row. */
export function createJobs(tables: RunTables): HostedJobs {
  const { database, engine, sealer, timing } = tables;
  const find = async (sql: Sql, projectId: string, id: string, suffix = ""): Promise<JobRow> => {
    const { rows } = await sql.query<JobRow>(`select * from jobs where project_id = $1 and id = $2 ${suffix}`, [projectId, id]);
    if (rows[0] === undefined) throw new LatchkeyError("JOB_NOT_FOUND", `There is no job "${id}".`);
    return rows[0];
  };
  const locked = <T>(projectId: string, id: string, work: (sql: Sql, job: JobRow) => Promise<T>): Promise<T> =>
    database.transaction(async (sql) => {
      const result = await work(sql, await find(sql, projectId, id, "for update"));
      await tellSignal(sql, { kind: "dispatch" });
      return result;
    });
  const activeRun = async (sql: Sql, projectId: string, id: string): Promise<JobRunRow | null> => {
    const { rows } = await sql.query<JobRunRow>(`select * from job_runs where project_id = $1 and job_id = $2 and status in ${ACTIVE}`, [projectId, id]);
    return rows[0] ?? null;
  };
  const terminateRun = async (sql: Sql, run: JobRunRow): Promise<void> => {
    const reason: StandstillReason = { type: "terminated", message: "The job run was terminated." };
    await sql.query("update job_runs set status = 'terminated', reason = $2, ended_at = now(), updated_at = now() where id = $1", [run.id, toJsonb(reason)]);
    const canceled = await cancelLine(sql, engine, { projectId: run.project_id, jobRunId: run.id }, "The job run was terminated.", "job-run-terminated");
    await sql.query("update job_runs set canceled_runs = canceled_runs + $2 where id = $1", [run.id, canceled]);
    await deliverWhole(sql, tables, run);
  };
  /** When it fires next, counted from `afterMs`. */
  const nextOf = (id: string, schedule: Schedule | null | undefined, afterMs: number): readonly [Date | null, Date | null] => {
    const firing = schedule == null ? null : timing.nextFiring(schedule, id, afterMs);
    return firing === null ? [null, null] : [new Date(firing.nominalMs), new Date(firing.atMs)];
  };
  const sealed = (projectId: string, id: string, definition: JobDefinition): readonly [string, unknown] => [toJsonb(maskDefinition(definition)), sealer.seal(JSON.stringify(definition), jobContext(projectId, id))];

  return {
    async list(projectId) {
      const { rows } = await database.sql.query<JobRow>('select * from jobs where project_id = $1 order by id collate "C"', [projectId]);
      return rows.map(toJob);
    },
    get: async (projectId, id) => toJob(await find(database.sql, projectId, id)),
    async definitionOf(projectId, id) {
      const row = await find(database.sql, projectId, id);
      // What was sealed was ours; its authenticity has just been checked.
      return JSON.parse(sealer.open(row.sealed_definition, jobContext(projectId, id))) as JobDefinition;
    },
    async create(projectId, id, definition, origin) {
      await engine.addQueue(queueOf(projectId));
      try {
        await database.transaction(async (sql) => {
          const next = nextOf(id, definition.schedule, await databaseNowMs(sql));
          await sql.query("insert into jobs (project_id, id, definition, sealed_definition, origin, next_nominal_at, next_run_at) values ($1, $2, $3, $4, $5, $6, $7)", [projectId, id, ...sealed(projectId, id, definition), origin, ...next]);
          await tellSignal(sql, { kind: "dispatch" });
        });
      } catch (thrown) {
        throw sqlStateOf(thrown) === UNIQUE_VIOLATION ? new LatchkeyError("JOB_EXISTS", `There already is a job "${id}".`) : thrown;
      }
    },
    async update(projectId, id, definition, origin) {
      await locked(projectId, id, async (sql, job) => {
        const next = job.state === "paused" ? [null, null] : nextOf(id, definition.schedule, await databaseNowMs(sql));
        await sql.query("update jobs set definition = $3, sealed_definition = $4, origin = $5, next_nominal_at = $6, next_run_at = $7, updated_at = now() where project_id = $1 and id = $2", [projectId, id, ...sealed(projectId, id, definition), origin, ...next]);
      });
    },
    async delete(projectId, id) {
      await locked(projectId, id, async (sql) => {
        const run = await activeRun(sql, projectId, id);
        if (run !== null) await terminateRun(sql, run);
        await sql.query("delete from jobs where project_id = $1 and id = $2", [projectId, id]);
      });
    },
    async pause(projectId, id, reason) {
      await locked(projectId, id, async (sql, job) => {
        if (job.state === "paused") return;
        await sql.query("update jobs set state = 'paused', reason = $3, next_nominal_at = null, next_run_at = null, updated_at = now() where project_id = $1 and id = $2", [projectId, id, toJsonb(reason)]);
        const run = await activeRun(sql, projectId, id);
        if (run?.status !== "running") return;
        await sql.query("update job_runs set status = 'pausing', reason = $2, updated_at = now() where id = $1", [run.id, toJsonb({ type: "user-request", message: reason.message })]);
        await continueJobRun(sql, tables, { ...run, status: "pausing" });
      });
    },
    async resume(projectId, id) {
      await locked(projectId, id, async (sql, job) => {
        if (job.state === "active") return;
        // Firings while it was paused were not missed: they were not wanted.
        await sql.query("update jobs set state = 'active', reason = null, next_nominal_at = $3, next_run_at = $4, updated_at = now() where project_id = $1 and id = $2", [projectId, id, ...nextOf(id, job.definition.schedule, await databaseNowMs(sql))]);
        const run = await activeRun(sql, projectId, id);
        if (run === null || run.status === "running") return;
        await sql.query("update job_runs set status = 'running', reason = null, updated_at = now() where id = $1", [run.id]);
        await continueJobRun(sql, tables, { ...run, status: "running" });
      });
    },
    async trigger(project, id, idempotencyKey) {
      await engine.addQueue(queueOf(project.id));
      return locked(project.id, id, async (sql, job) => {
        if (idempotencyKey !== null) {
          const { rows } = await sql.query<JobRunRow>("select * from job_runs where project_id = $1 and job_id = $2 and idempotency_key = $3", [project.id, id, idempotencyKey]);
          if (rows[0] !== undefined) return toJobRun(rows[0]);
        }
        if (job.state === "paused") throw new LatchkeyError("JOB_PAUSED", `The job "${id}" is paused${job.reason === null ? "" : `: ${job.reason.message}`}`);
        const run = await startJobRun(sql, tables, project, job, { type: "manual", scheduledFor: null, idempotencyKey });
        if (run === null) throw new LatchkeyError("INTERNAL", "The job run was not recorded.");
        return toJobRun(run);
      });
    },
    async runs(projectId, jobId, { pageSize, pageNumber, sort }: JobRunPage) {
      await find(database.sql, projectId, jobId);
      const order = sort.map(({ key, descending }) => `${SORT_COLUMNS[key]} ${descending ? "desc nulls first" : "asc nulls last"}`);
      const { rows } = await database.sql.query<JobRunRow>(`select * from job_runs where project_id = $1 and job_id = $2 order by ${[...order, "id desc"].join(", ")} limit $3 offset $4`, [projectId, jobId, pageSize, pageSize * pageNumber]);
      const { rows: total } = await database.sql.query<{ readonly count: string }>("select count(*) as count from job_runs where project_id = $1 and job_id = $2", [projectId, jobId]);
      return { jobRuns: rows.map(toJobRun), totalCount: Number(total[0]?.count ?? 0) };
    },
    async run(projectId, jobId, jobRunId) {
      await find(database.sql, projectId, jobId);
      const { rows } = await database.sql.query<JobRunRow>("select * from job_runs where project_id = $1 and job_id = $2 and id = $3", [projectId, jobId, jobRunId]);
      if (rows[0] === undefined) throw new LatchkeyError("JOB_RUN_NOT_FOUND", `The job "${jobId}" has no job run "${jobRunId}".`);
      return toJobRun(rows[0]);
    },
    async terminate(projectId, jobId, jobRunId) {
      return locked(projectId, jobId, async (sql) => {
        const { rows } = await sql.query<JobRunRow>("select * from job_runs where project_id = $1 and job_id = $2 and id = $3", [projectId, jobId, jobRunId]);
        const [row] = rows;
        if (row === undefined) throw new LatchkeyError("JOB_RUN_NOT_FOUND", `The job "${jobId}" has no job run "${jobRunId}".`);
        if (row.ended_at !== null) return false;
        await terminateRun(sql, row);
        return true;
      });
    },
    async results(jobRunId, after, limit) {
      const { rows } = await database.sql.query<RunRow>(`select ${RUN_COLUMNS}, attempts, result, error, outcome from runs where job_run_id = $1 and ended_at is not null and ($2::uuid is null or id > $2) order by id limit $3`, [jobRunId, after, limit]);
      return rows.map(toEndedRun);
    },
    async fireDue() {
      for (;;) {
        const fired = await database.transaction(async (sql) => {
          const { rows } = await sql.query<JobRow>("select * from jobs where state = 'active' and next_run_at <= clock_timestamp() order by next_run_at limit 1 for update skip locked");
          if (rows[0] === undefined) return false;
          await fire(sql, rows[0]);
          return true;
        });
        if (!fired) break;
      }
      const { rows } = await database.sql.query<{ readonly ms: string | null }>("select ceil(extract(epoch from min(next_run_at) - clock_timestamp()) * 1000)::bigint as ms from jobs where state = 'active' and next_run_at is not null");
      const ms = rows[0]?.ms ?? null;
      return ms === null ? null : Math.max(0, Number(ms));
    },
  };

  /** Missed firings become one, as late as the schedule's window allows; the next one is counted from now. */
  async function fire(sql: Sql, job: JobRow): Promise<void> {
    const nowMs = await databaseNowMs(sql);
    const { schedule } = job.definition;
    const nominal = job.next_nominal_at ?? job.next_run_at;
    const lateMs = nowMs - (job.next_run_at?.getTime() ?? nowMs);
    await engine.addQueue(queueOf(job.project_id));
    const { rows } = await sql.query<{ readonly id: string; readonly workspaceId: string; readonly liveDeploymentId: string | null }>('select id, workspace_id as "workspaceId", live_deployment_id as "liveDeploymentId" from projects where id = $1', [job.project_id]);
    const [project] = rows;
    if (project !== undefined && schedule != null && nominal !== null && lateMs <= Math.max(MISSED_MS, timing.catchUpWindowMs(schedule))) await startJobRun(sql, tables, project, job, { type: "scheduled", scheduledFor: lastMissed(job, nominal, nowMs), idempotencyKey: null });
    await sql.query("update jobs set next_nominal_at = $3, next_run_at = $4 where project_id = $1 and id = $2", [job.project_id, job.id, ...nextOf(job.id, schedule, Math.max(nowMs, nominal?.getTime() ?? 0))]);
  }

  /** Of several firings that are past the latest counts. */
  function lastMissed({ id, definition: { schedule } }: JobRow, nominal: Date, nowMs: number): Date {
    let last = nominal;
    for (let looked = 0; schedule != null && looked < MOST_MISSED; looked += 1) {
      const next = timing.nextFiring(schedule, id, last.getTime());
      if (next === null || next.atMs > nowMs) break;
      last = new Date(next.nominalMs);
    }
    return last;
  }
}

/** A firing that is late by less was not missed, only made late. */
const MISSED_MS = 10_000;
const MOST_MISSED = 10_000;

function toJob(row: JobRow): StoredJob {
  return { id: row.id, definition: row.definition, state: row.state, reason: row.reason, origin: row.origin, nextRunAt: iso(row.next_run_at), lastRunAt: iso(row.last_run_at), createdAt: row.created_at.toISOString() };
}
