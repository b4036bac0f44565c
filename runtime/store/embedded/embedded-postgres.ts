import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { LatchkeyError } from "../../model/errors.ts";
import { postgresPrograms } from "./postgres-binaries.ts";

const USER = "latchkey";
const POLL_MS = 500;
/** The longest path of a Unix socket that Linux and macOS take (sun_path of unix(7)), less PostgreSQL's own file name. */
const MAX_SOCKET_DIR = 80;

/** A PostgreSQL of our own. Disposing stops it. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** The folder of its Unix socket: there is no TCP port. */
  readonly socketDir: string;
}

/** Where the socket of the data folder is, and only its owner may enter. It depends on nothing but the folder, so that a worker finds it too. */
export async function socketDirOf(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const id = createHash("sha256").update(await realpath(dataDir)).digest("hex").slice(0, 12);
  const dir = join(tmpdir(), `latchkey-postgres-${process.getuid?.() ?? 0}-${id}`);
  if (dir.length > MAX_SOCKET_DIR) throw new LatchkeyError("DATABASE_FAILED", `${tmpdir()} is too long a path for a Unix socket.`, { hint: "Set TMPDIR to a shorter one." });
  return dir;
}

/**
 * Starts PostgreSQL on `dir`/postgres, made at the first start. One that a killed process left running is taken
 * over; one that was killed itself is started again, also later on.
 *
 * @throws LatchkeyError `DATABASE_FAILED`.
 */
export async function startEmbeddedPostgres({ dir, onError }: { readonly dir: string; readonly onError: (message: string) => void }): Promise<EmbeddedPostgres> {
  const base = join(dir, "postgres");
  const socketDir = await socketDirOf(base);
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  await chmod(socketDir, 0o700);
  if (process.getuid !== undefined && (await stat(socketDir)).uid !== process.getuid()) throw new LatchkeyError("DATABASE_FAILED", `${socketDir} belongs to another user.`, { hint: `Remove it: rm -r ${socketDir}` });
  const programs = postgresPrograms(base);
  const data = join(base, "data");
  const log = join(base, "postgres.log");
  const isRunning = (): boolean => programs.exitCode("pg_ctl", ["status", "-D", data]) === 0;
  const start = (): void => {
    if (isRunning()) return;
    if (programs.exitCode("pg_ctl", ["start", "-w", "-D", data, "-l", log, "-o", `-k '${socketDir}' -c listen_addresses='' -c unix_socket_permissions=0700 -c max_connections=200`]) !== 0) throw new LatchkeyError("DATABASE_FAILED", `The embedded PostgreSQL did not start; ${log} says why.`);
  };
  if (!existsSync(join(data, "PG_VERSION"))) {
    // Made beside its place and moved there, so that a start that is cut short leaves nothing half done.
    const fresh = join(base, `data.${randomBytes(4).toString("hex")}`);
    await rm(data, { recursive: true, force: true });
    programs.run("initdb", ["-D", fresh, "-U", USER, "--auth=trust", "--no-instructions", "--encoding=UTF8", "--locale=C"]);
    await rename(fresh, data);
  }
  start();
  await createDatabase(socketDir);
  let ownership = await takeOwnership(socketDir);
  if (ownership === null) throw new LatchkeyError("DATA_IN_USE", `Another latchkey serve runs on ${dir}.`);
  await writeFile(join(base, "socket"), `${socketDir}\n`);

  const ending = new AbortController();
  const watching = (async () => {
    while (!ending.signal.aborted) {
      await delay(POLL_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted || (await isAlive(data))) continue;
      try {
        start();
        await ownership?.end().catch(() => undefined);
        ownership = await takeOwnership(socketDir);
        onError("The embedded PostgreSQL ended unexpectedly, and was started again.");
      } catch (thrown) {
        onError(thrown instanceof Error ? thrown.message : String(thrown));
      }
    }
  })();
  let stopping: Promise<void> | null = null;
  return {
    socketDir,
    [Symbol.asyncDispose]() {
      stopping ??= (async () => {
        ending.abort();
        await watching;
        await ownership?.end().catch(() => undefined);
        programs.exitCode("pg_ctl", ["stop", "-D", data, "-m", "fast", "-w"]);
        await rm(socketDir, { recursive: true, force: true });
      })();
      return stopping;
    },
  };
}

/** The first line of its file is the pid of the server (PostgreSQL: storage of the database directory). */
async function isAlive(data: string): Promise<boolean> {
  const [pid = ""] = (await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  if (!/^\d+$/.test(pid)) return false;
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (state !== null) return !/\) Z /.test(state);
  try {
    process.kill(Number(pid), 0);
    return process.platform !== "linux";
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/** Any number does, as long as it never changes. */
const OWNER_LOCK = 724_202;

/** Held by the connection of whoever started the database; null: somebody who lives has it. A killed server's connection is gone, and its lock with it. */
async function takeOwnership(socketDir: string): Promise<pg.Client | null> {
  const client = new pg.Client({ host: socketDir, port: 5432, user: USER, database: USER, application_name: "latchkey serve" });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<{ readonly taken: boolean }>("select pg_try_advisory_lock($1) as taken", [OWNER_LOCK]);
  if (rows[0]?.taken === true) return client;
  await client.end();
  return null;
}

async function createDatabase(socketDir: string): Promise<void> {
  const client = new pg.Client({ host: socketDir, port: 5432, user: USER, database: "postgres" });
  try {
    await client.connect();
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [USER]);
    if (rowCount === 0) await client.query(`create database ${USER}`);
  } catch (cause) {
    throw new LatchkeyError("DATABASE_FAILED", "The embedded PostgreSQL runs, but it does not answer.", { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}
