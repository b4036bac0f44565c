import { LatchkeyError } from "../../model/errors.ts";
import { toJsonb, type Sql } from "./database.ts";
import { queueOf, type Engine } from "./engine.ts";
import { ofLine, type Line } from "./held-runs.ts";
import { tellSignal } from "./signals.ts";

/** Cancels all runs of a line: waiting ones at once, the others through their workers. The caller holds the parent's lock. @returns how many were waiting. */
export async function cancelLine(sql: Sql, engine: Engine, line: Line, message: string, reason: string): Promise<number> {
  const { where, values } = ofLine(line);
  const error = toJsonb(new LatchkeyError("CANCELED", message, { details: { reason } }).toBody());
  const { rows } = await sql.query<{ readonly id: string; readonly released: boolean }>(
    `update runs set status = 'canceled', cancel_requested_at = now(), ended_at = now(), error = $${values.length + 1}::jsonb where ${where} and status = 'pending' returning id, released_at is not null as released`,
    [...values, error],
  );
  const ids = rows.map(({ id }) => id);
  await sql.query("insert into run_events (run_id, event) select id, $2::jsonb from unnest($1::uuid[]) as id", [ids, toJsonb({ type: "run-ended", at: new Date().toISOString(), status: "canceled", durationMs: 0 })]);
  for (const { id } of rows.filter(({ released }) => released)) await engine.remove(sql, queueOf(line.projectId), id);
  for (const runId of ids) await tellSignal(sql, { kind: "ended", runId });
  const { rows: going } = await sql.query<{ readonly id: string }>(`update runs set cancel_requested_at = coalesce(cancel_requested_at, now()) where ${where} and status in ('started', 'awaiting-input') returning id`, [...values]);
  for (const { id } of going) await tellSignal(sql, { kind: "cancel", runId: id });
  return rows.length;
}
