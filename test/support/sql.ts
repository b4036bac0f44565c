import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { Hosted } from "./hosted.ts";

const PATIENCE_MS = 20_000;

/** Connects to a runtime's embedded database, to look at what no interface shows. */
export async function connect(hosted: Hosted): Promise<pg.Client & AsyncDisposable> {
  const socketDir = (await readFile(join(hosted.dir, "data", "postgres", "socket"), "utf8")).trim();
  const client = new pg.Client({ host: socketDir, port: 5432, user: "latchkey", database: "latchkey" });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

/** Waits until a query gives so many rows. */
export async function untilRows(client: pg.Client, query: string, count: number): Promise<void> {
  const endsAtMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const { rowCount } = await client.query(query);
    if (rowCount === count) return;
    if (performance.now() > endsAtMs) throw new Error(`${query} gives ${rowCount ?? 0} rows, not ${count}`);
  }
}
