import { randomUUIDv7 } from "node:crypto";
import { LatchkeyError } from "../../model/errors.ts";
import type { HostedRun } from "../../model/hosted-run.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import { maskDefinition } from "../../model/masked.ts";
import { MAX_WAITING_ITEMS, type HostedQueues, type QueueDefinition, type QueueItem, type RepeatItem, type StoredQueue, type StoredRepeatItem } from "../../model/queue.ts";
import type { SealedBox } from "../../model/seal.ts";
import { toSink } from "../../model/sink.ts";
import { cancelLine } from "./cancel-line.ts";
import { sqlStateOf, toJsonb, UNIQUE_VIOLATION, type Sql } from "./database.ts";
import { queueOf } from "./engine.ts";
import { insertHeld, requestHash, type HeldRun } from "./held-runs.ts";
import { dispatchQueue, lockQueue, type QueueRow } from "./queue-dispatch.ts";
import { iso, RUN_COLUMNS, toHostedRun, type RunRow } from "./run-row.ts";
import type { RunTables } from "./run-tables.ts";
import { tellSignal } from "./signals.ts";

const TIMEOUT_SECONDS = 600;
const ATTEMPTS = 3;

interface RepeatRow {
  readonly id: string;
  readonly project_id: string;
  readonly queue_id: string;
  readonly shown: RepeatItem;
  readonly sealed_item: SealedBox;
  readonly every_ms: string;
  readonly next_at: Date;
  readonly last_run_id: string | null;
}

/** What binds a sealed definition to its queue, or a repeat item to its own. */
export const queueContext = (projectId: string, id: string): string => `queue ${projectId} ${id}`;
const repeatContext = (id: string): string => `repeat-item ${id}`;

/** Queues on PostgreSQL. Whatever appends, releases or changes holds the queue's row. */
export function createQueues(tables: RunTables): HostedQueues {
  const { database, engine, sealer, timing } = tables;
  const none = (id: string): LatchkeyError => new LatchkeyError("QUEUE_NOT_FOUND", `There is no queue "${id}".`);
  const locked = <T>(projectId: string, id: string, work: (sql: Sql, row: QueueRow) => Promise<T>): Promise<T> =>
    database.transaction(async (sql) => {
      const row = await lockQueue(sql, projectId, id);
      if (row === null) throw none(id);
      return work(sql, row);
    });
  const open = ({ project_id: projectId, id, sealed_definition: box }: QueueRow): QueueDefinition => JSON.parse(sealer.open(box, queueContext(projectId, id))) as QueueDefinition;
  const sealed = (projectId: string, id: string, definition: QueueDefinition): readonly [string, unknown] => [toJsonb(maskDefinition(definition)), sealer.seal(JSON.stringify(definition), queueContext(projectId, id))];
  const read = async (projectId: string, id: string | null): Promise<readonly StoredQueue[]> => {
    const { rows } = await database.sql.query<QueueRow & { readonly waiting: string; readonly running: string }>(
      `select q.*,
         (select count(*) from runs r where r.project_id = q.project_id and r.queue_id = q.id and r.released_at is null and r.status = 'pending') as waiting,
         (select count(*) from runs r where r.project_id = q.project_id and r.queue_id = q.id and r.released_at is not null and r.status in ('pending', 'started', 'awaiting-input')) as running
       from queues q where q.project_id = $1 and ($2::text is null or q.id = $2) order by q.id collate "C"`,
      [projectId, id],
    );
    return rows.map((row) => ({ id: row.id, definition: row.definition, state: row.state, reason: row.reason, origin: row.origin, wakeAt: iso(row.wake_at), createdAt: row.created_at.toISOString(), waiting: Number(row.waiting), running: Number(row.running) }));
  };
  const exists = async (projectId: string, id: string): Promise<void> => {
    const { rowCount } = await database.sql.query("select 1 from queues where project_id = $1 and id = $2", [projectId, id]);
    if (rowCount === 0) throw none(id);
  };
  const noRepeatItem = (id: string): LatchkeyError => new LatchkeyError("REPEAT_ITEM_NOT_FOUND", `There is no repeat item "${id}".`);

  return {
    list: (projectId) => read(projectId, null),
    async get(projectId, id) {
      const [queue] = await read(projectId, id);
      if (queue === undefined) throw none(id);
      return queue;
    },
    async definitionOf(projectId, id) {
      const { rows } = await database.sql.query<QueueRow>("select * from queues where project_id = $1 and id = $2", [projectId, id]);
      if (rows[0] === undefined) throw none(id);
      return open(rows[0]);
    },
    async create(projectId, id, definition, origin) {
      await engine.addQueue(queueOf(projectId));
      try {
        await database.sql.query("insert into queues (project_id, id, definition, sealed_definition, origin) values ($1, $2, $3, $4, $5)", [projectId, id, ...sealed(projectId, id, definition), origin]);
      } catch (thrown) {
        throw sqlStateOf(thrown) === UNIQUE_VIOLATION ? new LatchkeyError("QUEUE_EXISTS", `There already is a queue "${id}".`) : thrown;
      }
    },
    async update(projectId, id, definition, origin) {
      await locked(projectId, id, async (sql, row) => {
        await sql.query("update queues set definition = $3, sealed_definition = $4, origin = $5, updated_at = now() where project_id = $1 and id = $2", [projectId, id, ...sealed(projectId, id, definition), origin]);
        await dispatchQueue(sql, tables, { ...row, definition: maskDefinition(definition) });
      });
    },
    async delete(projectId, id) {
      await locked(projectId, id, async (sql) => {
        await cancelLine(sql, engine, { projectId, queueId: id }, "The queue was deleted.", "terminated");
        // A queue of the same id may be made again; its items are others.
        await sql.query("update runs set idempotency_key = null where project_id = $1 and queue_id = $2 and idempotency_key is not null", [projectId, id]);
        await sql.query("delete from queues where project_id = $1 and id = $2", [projectId, id]);
      });
    },
    async pause(projectId, id, reason) {
      await locked(projectId, id, async (sql, row) => {
        if (row.state === "active") await sql.query("update queues set state = 'paused', reason = $3, wake_at = null, updated_at = now() where project_id = $1 and id = $2", [projectId, id, toJsonb(reason)]);
      });
    },
    async resume(projectId, id) {
      await locked(projectId, id, async (sql, row) => {
        await sql.query("update queues set state = 'active', reason = null, updated_at = now() where project_id = $1 and id = $2", [projectId, id]);
        await dispatchQueue(sql, tables, { ...row, state: "active" });
      });
    },
    async append(project, id, items, origin) {
      await engine.addQueue(queueOf(project.id));
      return locked(project.id, id, (sql, row) => appendItems(sql, project, row, items, origin));
    },
    async reprioritise(projectId, id, runId, priority) {
      return locked(projectId, id, async (sql, row) => {
        const { rows } = await sql.query<RunRow>(`update runs set priority = $4 where id = $1 and project_id = $2 and queue_id = $3 and released_at is null and status = 'pending' returning ${RUN_COLUMNS}`, [runId, projectId, id, priority]);
        if (rows[0] === undefined) {
          const { rowCount } = await sql.query("select 1 from runs where id = $1 and project_id = $2 and queue_id = $3", [runId, projectId, id]);
          if (rowCount === 0) throw new LatchkeyError("QUEUE_ITEM_NOT_FOUND", `The queue "${id}" has no item "${runId}".`);
          throw new LatchkeyError("RUN_ENDED", "The item waits no more: its turn has come, or it was canceled.", { hint: "Only items that wait can be given another priority." });
        }
        await dispatchQueue(sql, tables, row);
        return toHostedRun(rows[0]);
      });
    },
    async repeatItems(projectId, id) {
      await exists(projectId, id);
      const { rows } = await database.sql.query<RepeatRow>("select * from repeat_items where project_id = $1 and queue_id = $2 order by id", [projectId, id]);
      return rows.map(toRepeatItem);
    },
    async addRepeatItem(projectId, id, item) {
      return locked(projectId, id, async (sql) => {
        const itemId = randomUUIDv7();
        await sql.query("insert into repeat_items (id, project_id, queue_id, shown, sealed_item, every_ms, next_at) values ($1, $2, $3, $4, $5, $6, now())", [itemId, projectId, id, toJsonb(maskDefinition(item)), sealer.seal(JSON.stringify(item), repeatContext(itemId)), timing.durationMs(item.repeat)]);
        await tellSignal(sql, { kind: "dispatch" });
        return itemId;
      });
    },
    async updateRepeatItem(projectId, id, itemId, item) {
      const { rowCount } = await database.sql.query("update repeat_items set shown = $4, sealed_item = $5, every_ms = $6, next_at = least(next_at, now() + $6 * interval '1 millisecond') where id = $1 and project_id = $2 and queue_id = $3", [itemId, projectId, id, toJsonb(maskDefinition(item)), sealer.seal(JSON.stringify(item), repeatContext(itemId)), timing.durationMs(item.repeat)]);
      if (rowCount === 0) throw noRepeatItem(itemId);
    },
    async deleteRepeatItem(projectId, id, itemId) {
      const { rowCount } = await database.sql.query("delete from repeat_items where id = $1 and project_id = $2 and queue_id = $3", [itemId, projectId, id]);
      if (rowCount === 0) throw noRepeatItem(itemId);
    },
    async repeatItemOf(projectId, id, itemId) {
      const { rows } = await database.sql.query<RepeatRow>("select * from repeat_items where id = $1 and project_id = $2 and queue_id = $3", [itemId, projectId, id]);
      if (rows[0] === undefined) throw noRepeatItem(itemId);
      return JSON.parse(sealer.open(rows[0].sealed_item, repeatContext(itemId))) as RepeatItem;
    },
    async dispatchDue() {
      while (await appendOneRepeat());
      for (;;) {
        const done = await database.transaction(async (sql) => {
          const { rows } = await sql.query<QueueRow>("select * from queues where wake_at <= clock_timestamp() order by wake_at limit 1 for update skip locked");
          if (rows[0] === undefined) return true;
          await dispatchQueue(sql, tables, rows[0]);
          return false;
        });
        if (done) break;
      }
      const { rows } = await database.sql.query<{ readonly ms: string | null }>("select ceil(extract(epoch from least((select min(wake_at) from queues), (select min(next_at) from repeat_items)) - clock_timestamp()) * 1000)::bigint as ms");
      const ms = rows[0]?.ms ?? null;
      return ms === null ? null : Math.max(0, Number(ms));
    },
  };

  async function appendItems(sql: Sql, project: Pick<HostedProject, "id" | "workspaceId" | "liveDeploymentId">, row: QueueRow, items: readonly QueueItem[], origin: string): Promise<readonly HostedRun[]> {
    if (project.liveDeploymentId === null) throw new LatchkeyError("NO_LIVE_DEPLOYMENT", "The project has no live deployment.");
    const { rows: counted } = await sql.query<{ readonly count: string }>("select count(*) as count from runs where project_id = $1 and queue_id = $2 and released_at is null and status = 'pending'", [project.id, row.id]);
    if (Number(counted[0]?.count ?? 0) + items.length > MAX_WAITING_ITEMS) throw new LatchkeyError("QUEUE_FULL", `At most ${MAX_WAITING_ITEMS} items may wait in a queue.`);
    const definition = open(row);
    const runs = items.map((item) => toHeldRun(row.id, definition, item));
    const known = await findAppended(sql, project.id, runs);
    const first = new Map<string, HeldRun>();
    const fresh = runs.filter((run) => {
      const { idempotencyKey: key } = run;
      if (key === null) return true;
      const before = known.get(key)?.request_hash ?? (first.has(key) ? requestHash(sealer, first.get(key)?.request ?? run.request) : null);
      if (before === null) {
        first.set(key, run);
        return true;
      }
      if (before !== requestHash(sealer, run.request)) throw new LatchkeyError("IDEMPOTENCY_CONFLICT", `The item id "${key.split("\n")[2] ?? ""}" was appended before with other content.`, { hint: "Use a new id for a new item." });
      return false;
    });
    const inserted = await insertHeld(sql, sealer, { projectId: project.id, workspaceId: project.workspaceId, deploymentId: project.liveDeploymentId, jobId: null, jobRunId: null, queueId: row.id, origin }, fresh);
    const rowOf = new Map(fresh.map((run, index) => [run, inserted[index]]));
    const byKey = new Map([...known, ...fresh.flatMap((run) => (run.idempotencyKey === null ? [] : [[run.idempotencyKey, rowOf.get(run)] as const]))]);
    if (fresh.length > 0) await dispatchQueue(sql, tables, row);
    return runs.map((run) => {
      const found = rowOf.get(run) ?? byKey.get(run.idempotencyKey ?? "");
      if (found === undefined) throw new LatchkeyError("INTERNAL", "An item was not recorded.");
      return toHostedRun(found);
    });
  }

  async function findAppended(sql: Sql, projectId: string, runs: readonly HeldRun[]): Promise<ReadonlyMap<string, RunRow>> {
    const keys = runs.flatMap(({ idempotencyKey }) => idempotencyKey ?? []);
    if (keys.length === 0) return new Map();
    const { rows } = await sql.query<RunRow & { readonly idempotency_key: string }>(`select ${RUN_COLUMNS}, request_hash, idempotency_key from runs where project_id = $1 and idempotency_key = any($2)`, [projectId, keys]);
    return new Map(rows.map((row) => [row.idempotency_key, row]));
  }

  /** One item whose time has come; after downtime once, not once for each time that was missed. False: none is due. */
  async function appendOneRepeat(): Promise<boolean> {
    return database.transaction(async (sql) => {
      const { rows: due } = await sql.query<{ readonly id: string; readonly project_id: string; readonly queue_id: string }>("select id, project_id, queue_id from repeat_items where next_at <= clock_timestamp() order by next_at limit 1");
      if (due[0] === undefined) return false;
      // The queue first, as everybody does.
      const queue = await lockQueue(sql, due[0].project_id, due[0].queue_id);
      const { rows } = await sql.query<RepeatRow>("select * from repeat_items where id = $1 and next_at <= clock_timestamp() for update", [due[0].id]);
      const [row] = rows;
      if (queue === null || row === undefined) return true;
      const { rows: projects } = await sql.query<{ readonly id: string; readonly workspaceId: string; readonly liveDeploymentId: string | null }>('select id, workspace_id as "workspaceId", live_deployment_id as "liveDeploymentId" from projects where id = $1', [row.project_id]);
      const { rowCount: waits } = await sql.query("select 1 from runs where id = $1 and status in ('pending', 'started', 'awaiting-input')", [row.last_run_id]);
      await engine.addQueue(queueOf(row.project_id));
      // A queue that stands still is not filled with the same item.
      const [run] = waits === 0 && projects[0] !== undefined ? await appendItems(sql, projects[0], queue, [JSON.parse(sealer.open(row.sealed_item, repeatContext(row.id))) as RepeatItem], `repeat item ${row.id}`) : [];
      await sql.query("update repeat_items set last_run_id = coalesce($2, last_run_id), next_at = next_at + (floor(extract(epoch from clock_timestamp() - next_at) * 1000 / every_ms) + 1) * every_ms * interval '1 millisecond' where id = $1", [row.id, run?.runId ?? null]);
      return true;
    });
  }
}

function toHeldRun(queueId: string, { configuration, sink: queueSink, authSession: queueSession, proxy }: QueueDefinition, item: QueueItem): HeldRun {
  const session = item.authSession === undefined ? queueSession : item.authSession;
  const sink = item.sink === undefined ? queueSink : item.sink;
  const { checkAttempts, createAttempts, autoRecreate = true } = session ?? {};
  return {
    request: {
      target: { kind: "api", name: item.apiName, authSessionId: session?.id ?? null, check: true, autoRecreate, limits: { ...(checkAttempts !== undefined && { checkAttempts }), ...(createAttempts !== undefined && { createAttempts }) } },
      parameters: item.parameters ?? ({}),
      proxyUrl: proxy ?? null,
      sink: sink == null ? null : toSink(sink),
    },
    timeoutMs: (item.requestTimeout ?? configuration?.requestTimeout ?? TIMEOUT_SECONDS) * 1_000,
    maximumAttempts: item.retry?.maximumAttempts ?? configuration?.retry?.maximumAttempts ?? ATTEMPTS,
    trace: configuration?.saveTrace ?? true,
    priority: item.priority ?? 0,
    notBefore: item.notBefore ?? null,
    // No header can hold a line break, so that no client's own key is one of these.
    idempotencyKey: item.id === undefined ? null : `queue\n${queueId}\n${item.id}`,
  };
}

function toRepeatItem({ id, shown, last_run_id: lastRunId, next_at: nextAt }: RepeatRow): StoredRepeatItem {
  return { id, item: shown, lastRunId, nextAt: nextAt.toISOString() };
}
