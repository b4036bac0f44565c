import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";
import { SCHEMA, type Database } from "./database.ts";

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/** One lock for all who migrate at once; any number does, as long as it never changes. */
const LOCK = 724_201;

/**
 * Brings the database to the newest schema: numbered files, forward only, each in one transaction, under a lock
 * that lets one process do it while the others wait.
 *
 * @throws LatchkeyError `SCHEMA_NEWER`, `STORE_UNAVAILABLE`.
 */
export async function migrate(database: Database): Promise<void> {
  const migrations = readMigrations();
  await database.transaction(async (sql) => {
    await sql.query("select pg_advisory_xact_lock($1)", [LOCK]);
    await sql.query(`create schema if not exists ${SCHEMA}`);
    await sql.query("create table if not exists migrations (number integer primary key, name text not null, applied_at timestamptz not null default now())");
    const { rows } = await sql.query<{ readonly number: number }>("select number from migrations");
    const applied = new Set(rows.map(({ number }) => number));
    const newest = Math.max(0, ...applied);
    if (newest > (migrations.at(-1)?.number ?? 0)) throw new LatchkeyError("SCHEMA_NEWER", `The database has schema ${newest}; this Latchkey knows up to ${migrations.at(-1)?.number ?? 0}.`);
    for (const { number, name, text } of migrations) {
      if (applied.has(number)) continue;
      await sql.query(text);
      await sql.query("insert into migrations (number, name) values ($1, $2)", [number, name]);
    }
  });
}

function readMigrations(): readonly Migration[] {
  const dir = join(import.meta.dirname, "migrations");
  return readdirSync(dir)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort()
    .map((file) => ({ number: Number(file.slice(0, 4)), name: file.slice(5, -4), text: readFileSync(join(dir, file), "utf8") }));
}
