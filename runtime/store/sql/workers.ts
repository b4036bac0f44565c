import type { HostedWorkers, WorkerSummary } from "../../model/hosted-store.ts";
import type { Database } from "./database.ts";

/** Not heard of for so long, a worker counts as lost; its runs go to others by the engine's own heartbeats. */
const LOST_SECONDS = 15;
const FORGET_MINUTES = 10;

/** Workers tell that they live, every few seconds. */
export function createWorkers(database: Database): HostedWorkers {
  return {
    async register({ id, host, pid, version, slots }) {
      await database.sql.query("delete from workers where seen_at < now() - $1 * interval '1 minute'", [FORGET_MINUTES]);
      await database.sql.query("insert into workers (id, host, pid, version, slots) values ($1, $2, $3, $4, $5) on conflict (id) do update set seen_at = now()", [id, host, pid, version, slots]);
    },
    async seen(id, { busy, memoryBytes, state }) {
      await database.sql.query("update workers set seen_at = now(), busy = $2, memory_bytes = $3, state = $4 where id = $1", [id, busy, memoryBytes, state]);
    },
    async remove(id) {
      await database.sql.query("delete from workers where id = $1", [id]);
    },
    async list() {
      const { rows } = await database.sql.query<{ readonly id: string; readonly host: string; readonly pid: number; readonly version: string; readonly slots: number; readonly busy: number; readonly memory_bytes: string; readonly state: "running" | "draining"; readonly started_at: Date; readonly seen_at: Date; readonly lost: boolean }>("select *, seen_at < now() - $1 * interval '1 second' as lost from workers order by started_at", [LOST_SECONDS]);
      return rows.map((row): WorkerSummary => ({ id: row.id, host: row.host, pid: row.pid, version: row.version, slots: row.slots, busy: row.busy, memoryBytes: Number(row.memory_bytes), state: row.lost ? "lost" : row.state, startedAt: row.started_at.toISOString(), seenAt: row.seen_at.toISOString() }));
    },
  };
}
