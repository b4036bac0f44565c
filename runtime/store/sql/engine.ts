import { PgBoss, type Db as PgBossDatabase } from "pg-boss";
import type { QueryResult } from "pg";
import { LatchkeyError } from "../../model/errors.ts";
import type { Database, Sql } from "./database.ts";

/** A delivery without a heartbeat for so long goes to another worker. pg-boss takes no less. */
const HEARTBEAT_SECONDS = 10;
const MONITOR_SECONDS = 1;
/** An attempt's own deadline ends it; this only bounds what nobody watches any more. */
const EXPIRE_SECONDS = 23 * 60 * 60;
/** How often a run is tried is decided by the run, not here. */
const RETRY_LIMIT = 10_000;
/** Pauses before another delivery, in seconds: of runs, and of webhooks (WIRE-API 4.11). */
const RUN_PAUSES = { retryDelay: 1, retryDelayMax: 30 } as const;
const WEBHOOK_PAUSES = { retryDelay: 10, retryDelayMax: 120 } as const;

/** The queue of webhooks. */
export const DELIVERIES = "deliveries";

/** A job of the engine that was given to the caller. */
export interface EngineJob {
  readonly id: string;
  /** How many deliveries came before: what a stale worker is told apart by. */
  readonly retryCount: number;
}

/** pg-boss, in the few words we use of it. All take the caller's transaction, so that a row and its job are one. */
export interface Engine extends AsyncDisposable {
  addQueue(name: string): Promise<void>;
  send(sql: Sql, queue: string, id: string, options: { readonly priority: number; readonly notBefore: string | null; readonly group: string | null }): Promise<void>;
  /** The next job of the queue whose group is none of those; null: none is ready. */
  fetch(sql: Sql, queue: string, ignoreGroups: readonly string[]): Promise<EngineJob | null>;
  /** Another delivery after a pause that grows. */
  retry(sql: Sql, queue: string, job: EngineJob): Promise<void>;
  remove(sql: Sql, queue: string, id: string): Promise<void>;
  touch(queue: string, jobs: readonly EngineJob[]): Promise<void>;
}

/** Starts the engine on the database; its own tables are made or brought up to date. */
export async function startEngine(database: Database, { supervise, onError }: { readonly supervise: boolean; readonly onError: (error: Error) => void }): Promise<Engine> {
  const boss = new PgBoss({ db: adapt(database.sql), schema: "pgboss", schedule: false, supervise, superviseIntervalSeconds: MONITOR_SECONDS, monitorIntervalSeconds: MONITOR_SECONDS, maintenanceIntervalSeconds: 60, monitorVacuum: false });
  boss.on("error", onError);
  await boss.start();
  const known = new Set<string>();
  let stopping: Promise<void> | null = null;
  const addQueue = async (name: string): Promise<void> => {
    if (known.has(name)) return;
    await boss.createQueue(name, { heartbeatSeconds: HEARTBEAT_SECONDS, expireInSeconds: EXPIRE_SECONDS, retryLimit: RETRY_LIMIT, retryBackoff: true, ...(name === DELIVERIES ? WEBHOOK_PAUSES : RUN_PAUSES), retentionSeconds: 30 * 24 * 60 * 60, deleteAfterSeconds: 60 });
    known.add(name);
  };
  return {
    addQueue,
    async send(sql, queue, id, { priority, notBefore, group }) {
      const sent = await boss.send(queue, null, { id, priority, db: adapt(sql), ...(notBefore !== null && { startAfter: new Date(notBefore) }), ...(group !== null && { group: { id: group } }) });
      if (sent === null) throw new LatchkeyError("INTERNAL", "The engine did not take the run.");
    },
    async fetch(sql, queue, ignoreGroups) {
      const [job] = await boss.fetch(queue, { db: adapt(sql), batchSize: 1, includeMetadata: true, ...(ignoreGroups.length > 0 && { ignoreGroups: [...ignoreGroups] }) });
      return job === undefined ? null : { id: job.id, retryCount: job.retryCount };
    },
    async retry(sql, queue, job) {
      await boss.fail(queue, { id: job.id, retryCount: job.retryCount }, null, { db: adapt(sql) });
    },
    async remove(sql, queue, id) {
      await boss.deleteJob(queue, id, { db: adapt(sql) });
    },
    async touch(queue, jobs) {
      await boss.touch(queue, jobs.map(({ id, retryCount }) => ({ id, retryCount })));
    },
    [Symbol.asyncDispose]: () => (stopping ??= boss.stop({ graceful: false, close: false })),
  };
}

/** The queue of a project's runs: one each, so that a busy project keeps none of the others waiting. */
export function queueOf(projectId: string): string {
  return `project-${projectId}`;
}

function adapt(sql: Sql): PgBossDatabase {
  return {
    // Several statements at once, which have no values, give a list of results.
    async executeSql(text, values) {
      const result = values === undefined || values.length === 0 ? ((await sql.query(text)) as QueryResult | readonly QueryResult[]) : await sql.query(text, [...values]);
      return { rows: "rows" in result ? result.rows : result.flatMap((one) => one.rows as unknown[]) };
    },
  };
}
