import { LatchkeyError } from "../../model/errors.ts";
import type { Retention } from "../../model/hosted-store.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import { openDatabase, sqlStateOf, type Database, type DatabaseAddress } from "./database.ts";
import { sweepLive } from "./live.ts";

const BATCH = 500;

/** Every column that holds sealed boxes, with what names a row. */
const SEALED_COLUMNS = [
  { table: "seal_check", column: "sealed_text", key: ["id"] },
  { table: "auth_sessions", column: "sealed_secrets", key: ["project_id", "id"] },
  { table: "project_env", column: "sealed_value", key: ["project_id", "name"] },
  { table: "project_store", column: "sealed_value", key: ["project_id", "key"] },
  { table: "runs", column: "sealed_request", key: ["id"] },
  { table: "prompts", column: "sealed_answer", key: ["id"] },
  { table: "deliveries", column: "sealed_target", key: ["id"] },
  { table: "jobs", column: "sealed_definition", key: ["project_id", "id"] },
  { table: "job_runs", column: "sealed_definition", key: ["id"] },
  { table: "queues", column: "sealed_definition", key: ["project_id", "id"] },
  { table: "repeat_items", column: "sealed_item", key: ["id"] },
  { table: "signing_secrets", column: "sealed_secret", key: ["id"] },
] as const;

/** Removes what is older than its retention, a batch at a time. @returns the runs that were removed. */
export async function sweep(database: Database, { runDays, auditDays }: Retention): Promise<readonly string[]> {
  const removed: string[] = [];
  for (let more = runDays > 0; more; ) {
    const { rows } = await database.sql.query<{ readonly id: string }>("delete from runs where id in (select id from runs where ended_at < now() - $1 * interval '1 day' limit $2) returning id", [runDays, BATCH]);
    removed.push(...rows.map(({ id }) => id));
    more = rows.length === BATCH;
  }
  if (runDays > 0) await database.sql.query("delete from job_runs where ended_at < now() - $1 * interval '1 day'", [runDays]);
  if (runDays > 0) await database.sql.query("delete from deliveries where created_at < now() - $1 * interval '1 day' and (delivered_at is not null or failed_at is not null)", [runDays]);
  if (auditDays > 0) {
    await database.sql.query("delete from audit where at < now() - $1 * interval '1 day'", [auditDays]);
    await database.sql.query("delete from auth_session_history where at < now() - $1 * interval '1 day'", [auditDays]);
  }
  await sweepLive(database);
  return removed;
}

/** Wraps every record's own key with the newest master key; the data itself stays as it is. */
export async function rewrapAll(database: Database, sealer: Sealer): Promise<number> {
  let count = 0;
  for (const { table, column, key } of SEALED_COLUMNS) {
    for (let more = true; more; ) {
      more = await database.transaction(async (sql) => {
        const { rows } = await sql.query<{ readonly box: SealedBox; readonly context: string } & Record<string, string>>(`select ${key.map((name) => `${name}::text as "${name}"`).join(", ")}, ${column} as box from ${table} where ${column} is not null and ${column}->>'keyId' <> $1 limit ${BATCH} for update skip locked`, [sealer.keyId]);
        for (const row of rows) {
          const where = key.map((name, index) => `${name}::text = $${index + 2}`).join(" and ");
          await sql.query(`update ${table} set ${column} = $1 where ${where}`, [sealer.rewrap(row.box, contextOf(table, key.map((name) => row[name] ?? ""))), ...key.map((name) => row[name])]);
        }
        count += rows.length;
        return rows.length === BATCH;
      });
    }
  }
  return count;
}

/** What binds a box to its record, as the tables' own modules say. */
function contextOf(table: (typeof SEALED_COLUMNS)[number]["table"], key: readonly string[]): string {
  const words = { seal_check: "seal-check", auth_sessions: "auth-session", project_env: "env", project_store: "value", runs: "run", prompts: "prompt", deliveries: "delivery", jobs: "job", job_runs: "job-run", queues: "queue", repeat_items: "repeat-item", signing_secrets: "signing-secret" } as const;
  return [words[table], ...key].join(" ");
}

/**
 * Holds the process's seal key to the database's: the first one seals a word, all others must be able to open it.
 *
 * @throws LatchkeyError `SEAL_KEY_MISMATCH`.
 */
export async function checkSealKey(database: Database, sealer: Sealer): Promise<void> {
  await database.sql.query("insert into seal_check (id, sealed_text) values (1, $1) on conflict do nothing", [sealer.seal("latchkey", contextOf("seal_check", ["1"]))]);
  const { rows } = await database.sql.query<{ readonly sealed_text: SealedBox }>("select sealed_text from seal_check");
  try {
    if (rows[0] !== undefined) sealer.open(rows[0].sealed_text, contextOf("seal_check", ["1"]));
  } catch (cause) {
    throw new LatchkeyError("SEAL_KEY_MISMATCH", "The database was sealed with another key than this process has.", { cause, hint: "Give every server and worker the same LATCHKEY_SEAL_KEY, or a copy of the same key file." });
  }
}

const UNDEFINED_TABLE = "42P01";

/** Whether the database holds anything that was sealed: then a new key would be the wrong one. */
export async function hasSealedRecords(address: DatabaseAddress): Promise<boolean> {
  await using database = openDatabase(address, { connections: 1, name: "latchkey" });
  for (const { table, column } of SEALED_COLUMNS) {
    try {
      const { rowCount } = await database.sql.query(`select 1 from ${table} where ${column} is not null limit 1`);
      if (rowCount !== 0) return true;
    } catch (thrown) {
      if (sqlStateOf(thrown) === UNDEFINED_TABLE) return false;
      throw thrown;
    }
  }
  return false;
}
