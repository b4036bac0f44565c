import type { QueueConfiguration, QueueDefinition } from "../../model/queue.ts";
import type { StandstillReason } from "../../model/job.ts";
import type { SealedBox } from "../../model/seal.ts";
import { toJsonb, type Sql } from "./database.ts";
import { countActive, releaseHeld } from "./held-runs.ts";
import { isDeadLogin, type EndedOfLine } from "./job-runs.ts";
import type { RunTables } from "./run-tables.ts";
import { tellSignal } from "./signals.ts";

/** A row of `queues`. */
export interface QueueRow {
  readonly project_id: string;
  readonly id: string;
  readonly definition: QueueDefinition;
  readonly sealed_definition: SealedBox;
  readonly state: "active" | "paused";
  readonly reason: StandstillReason | null;
  readonly origin: "api" | "deployment";
  readonly next_release_at: Date | null;
  readonly wake_at: Date | null;
  readonly created_at: Date;
}

/** The queue's row, locked: whoever releases or appends holds it. */
export async function lockQueue(sql: Sql, projectId: string, id: string): Promise<QueueRow | null> {
  const { rows } = await sql.query<QueueRow>("select * from queues where project_id = $1 and id = $2 for update", [projectId, id]);
  return rows[0] ?? null;
}

/** The database's clock, in milliseconds: all servers and workers share it. */
export async function databaseNowMs(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ readonly now: string }>("select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now");
  return Number(rows[0]?.now ?? 0);
}

/** Releases whatever the queue's limits and the clock allow now, and notes when to look again. The caller holds the queue's lock. */
export async function dispatchQueue(sql: Sql, tables: RunTables, row: QueueRow): Promise<void> {
  const wakeAtMs = row.state === "paused" ? Number.POSITIVE_INFINITY : await release(sql, tables, row);
  const wakeAt = Number.isFinite(wakeAtMs) ? new Date(wakeAtMs) : null;
  if (wakeAt?.getTime() === row.wake_at?.getTime()) return;
  await sql.query("update queues set wake_at = $3 where project_id = $1 and id = $2", [row.project_id, row.id, wakeAt]);
  if (wakeAt !== null) await tellSignal(sql, { kind: "dispatch" });
}

/** @returns when to look again. */
async function release(sql: Sql, { engine, timing }: RunTables, { project_id: projectId, id, definition, next_release_at: nextRelease }: QueueRow): Promise<number> {
  const configuration = definition.configuration ?? {};
  const line = { projectId, queueId: id };
  const head = await firstWaiting(sql, line, isOrdered(configuration));
  if (head === null) return Number.POSITIVE_INFINITY;
  const nowMs = await databaseNowMs(sql);
  const opensAtMs = Math.max(timing.opensAtMs(configuration, nowMs), nextRelease?.getTime() ?? 0, head.notBefore?.getTime() ?? 0);
  if (opensAtMs > nowMs) return opensAtMs;
  let room = concurrencyOf(configuration) - (await countActive(sql, line));
  // Whoever ends looks again.
  if (room <= 0) return Number.POSITIVE_INFINITY;
  let limitedUntilMs = 0;
  for (const { limit, duration } of configuration.rateLimits ?? []) {
    const { left, freeAtMs } = await readRate(sql, line, limit, timing.durationMs(duration) ?? 0, nowMs);
    room = Math.min(room, left);
    if (left <= 0) limitedUntilMs = Math.max(limitedUntilMs, freeAtMs);
  }
  if (room <= 0) return limitedUntilMs;
  const wait = configuration.randomWait === undefined || concurrencyOf(configuration) === 1 ? null : pickWait(configuration.randomWait, timing.durationMs);
  const ordered = isOrdered(configuration);
  const released = await releaseHeld(sql, engine, line, wait !== null || ordered ? 1 : room);
  if (wait !== null && released > 0) {
    await sql.query("update queues set next_release_at = $3 where project_id = $1 and id = $2", [projectId, id, new Date(nowMs + wait)]);
    return nowMs + wait;
  }
  // What is left waits for an end, or for its own time.
  const rest = await firstWaiting(sql, line, ordered);
  if (rest === null) return Number.POSITIVE_INFINITY;
  if (rest.notBefore !== null && rest.notBefore.getTime() > nowMs) return rest.notBefore.getTime();
  return Number.POSITIVE_INFINITY;
}

/** In an ordered queue the head of the line, else whichever may begin soonest. */
async function firstWaiting(sql: Sql, { projectId, queueId }: { readonly projectId: string; readonly queueId: string }, ordered: boolean): Promise<{ readonly notBefore: Date | null } | null> {
  const { rows } = await sql.query<{ readonly not_before: Date | null }>(
    `select not_before from runs where project_id = $1 and queue_id = $2 and released_at is null and status = 'pending' order by ${ordered ? "priority desc, position" : "not_before nulls first"} limit 1`,
    [projectId, queueId],
  );
  return rows[0] === undefined ? null : { notBefore: rows[0].not_before };
}

/** An item counts from the start of its first attempt; one that was released and waits for a slot counts already. */
async function readRate(sql: Sql, { projectId, queueId }: { readonly projectId: string; readonly queueId: string }, limit: number, durationMs: number, nowMs: number): Promise<{ readonly left: number; readonly freeAtMs: number }> {
  const since = new Date(nowMs - durationMs);
  const { rows } = await sql.query<{ readonly started_at: Date }>(
    "select started_at from runs where project_id = $1 and queue_id = $2 and started_at > $3 order by started_at desc limit $4",
    [projectId, queueId, since, limit],
  );
  const { rows: soon } = await sql.query<{ readonly count: string }>("select count(*) as count from runs where project_id = $1 and queue_id = $2 and released_at is not null and started_at is null and status = 'pending'", [projectId, queueId]);
  const waiting = Number(soon[0]?.count ?? 0);
  const left = limit - waiting - rows.length;
  // Those that wait for a slot tell when they start; of those that started, one must grow old enough.
  const oldest = rows[Math.max(0, limit - waiting - 1)] ?? rows.at(-1);
  return { left, freeAtMs: oldest === undefined ? Number.POSITIVE_INFINITY : oldest.started_at.getTime() + durationMs + 1 };
}

/** Goes on after an item has ended. The caller holds the queue's lock. */
export async function settleQueue(sql: Sql, tables: RunTables, row: QueueRow, { errorCode }: EndedOfLine, authSessionId: string | null): Promise<void> {
  const configuration = row.definition.configuration ?? {};
  let next = row;
  if (configuration.randomWait !== undefined && concurrencyOf(configuration) === 1) {
    next = { ...next, next_release_at: new Date((await databaseNowMs(sql)) + pickWait(configuration.randomWait, tables.timing.durationMs)) };
    await sql.query("update queues set next_release_at = $3 where project_id = $1 and id = $2", [row.project_id, row.id, next.next_release_at]);
  }
  // A login of the item's own concerns that item alone.
  if (row.state === "active" && isDeadLogin(errorCode) && authSessionId !== null && authSessionId === row.definition.authSession?.id) {
    const reason: StandstillReason = { type: "auth-session-invalid", message: `The auth session "${authSessionId}" needs attention. Update it, then resume the queue.`, timestamp: new Date().toISOString() };
    await sql.query("update queues set state = 'paused', reason = $3 where project_id = $1 and id = $2", [row.project_id, row.id, toJsonb(reason)]);
    next = { ...next, state: "paused", reason };
  }
  await dispatchQueue(sql, tables, next);
}

function isOrdered({ ordered = true }: QueueConfiguration): boolean {
  return ordered;
}

function concurrencyOf({ maxConcurrentRequests = 1 }: QueueConfiguration): number {
  return maxConcurrentRequests;
}

function pickWait({ min, max }: NonNullable<QueueConfiguration["randomWait"]>, read: (value: number | string) => number | null): number {
  const [least, most] = [read(min) ?? 0, read(max) ?? 0];
  return least + Math.floor(Math.random() * Math.max(0, most - least + 1));
}
