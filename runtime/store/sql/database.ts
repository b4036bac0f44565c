import pg from "pg";
import { LatchkeyError } from "../../model/errors.ts";

/** The schema that all tables are in; the engine has one of its own beside it. */
export const SCHEMA = "latchkey";

/** A connection, or a transaction on one. */
export type Sql = Pick<pg.ClientBase, "query">;

/** How the database is reached: a URL, or the folder of the embedded one's socket. */
export type DatabaseAddress = { readonly url: string } | { readonly socketDir: string };

/** A pool of connections to one PostgreSQL. */
export interface Database extends AsyncDisposable {
  /** One statement in a transaction of its own. */
  readonly sql: Sql;
  /** Runs `work` in one transaction; an error rolls it back. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** A connection for the caller alone, such as for LISTEN or a lock. */
  connect(): Promise<pg.PoolClient>;
  /** A connection outside the pool, which is for the caller to end. */
  connectAlone(): Promise<pg.Client>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const USER = "latchkey";
const DEADLOCK = "40P01";
const DEADLOCK_TRIES = 5;

/** Connects when it is first used. `connections` bounds how many there are at once. */
export function openDatabase(address: DatabaseAddress, { connections, name }: { readonly connections: number; readonly name: string }): Database {
  const config: pg.ClientConfig = {
    ...("url" in address ? { connectionString: address.url } : { host: address.socketDir, port: 5432, user: USER, database: USER }),
    application_name: name,
    options: `-c search_path=${SCHEMA},public`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
  const pool = new pg.Pool({ ...config, max: connections });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on("error", () => undefined);
  const connect = async (): Promise<pg.PoolClient> => pool.connect().catch((cause: unknown) => Promise.reject(unavailable(cause)));
  const query = async (...args: Parameters<pg.Pool["query"]>): Promise<unknown> => {
    try {
      return await (pool.query as (...all: unknown[]) => Promise<unknown>)(...args);
    } catch (thrown) {
      throw explain(thrown);
    }
  };
  let ending: Promise<void> | null = null;
  return {
    // The pool's own type has a dozen overloads; what is passed on and what comes back are theirs.
    sql: { query: query as unknown as Sql["query"] },
    async transaction(work) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await once(work);
        } catch (thrown) {
          // PostgreSQL ended one of two transactions that waited for each other; nothing of it is left, and it fits the second time.
          if (sqlStateOf(thrown) !== DEADLOCK || tries === DEADLOCK_TRIES) throw thrown;
        }
      }
    },
    connect,
    async connectAlone() {
      const client = new pg.Client(config);
      // Replaced by the owner's; a break before that must not end the process.
      client.on("error", () => undefined);
      await client.connect().catch((cause: unknown) => Promise.reject(unavailable(cause)));
      return client;
    },
    [Symbol.asyncDispose]: () => (ending ??= pool.end()),
  };

  async function once<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await connect();
    let broken = false;
    client.on("error", onBroken);
    function onBroken(): void {
      broken = true;
    }
    try {
      await client.query("begin");
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (thrown) {
      await client.query("rollback").catch(onBroken);
      throw explain(thrown);
    } finally {
      client.off("error", onBroken);
      client.release(broken);
    }
  }
}

/** Errors of the connection are told as such; those of SQL are ours to find. Classes of SQLSTATE: PostgreSQL, appendix A. */
function explain(thrown: unknown): unknown {
  if (thrown instanceof LatchkeyError) return thrown;
  const code = sqlStateOf(thrown);
  // Text that PostgreSQL cannot hold, or a number out of range, came from a request.
  if (code !== null && /^22/.test(code)) return new LatchkeyError("REQUEST_INVALID", "The request has a value that cannot be stored, such as a NUL character.", { cause: thrown });
  const isGone = code === null ? thrown instanceof Error && !(thrown instanceof TypeError) : /^(?:08|57P|53)/.test(code) || /^E[A-Z]+$/.test(code);
  return isGone ? unavailable(thrown) : thrown;
}

/** The SQLSTATE (or errno) of an error; null where it has none. */
export function sqlStateOf(thrown: unknown): string | null {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : null;
}

/** SQLSTATE of a unique key that is there already. */
export const UNIQUE_VIOLATION = "23505";

function unavailable(cause: unknown): LatchkeyError {
  const code = sqlStateOf(cause);
  const why = code === "28P01" || code === "28000" ? "it refused the user or password" : code === "3D000" ? "there is no such database" : code === null ? "the connection broke" : `the connection failed (${code})`;
  return new LatchkeyError("STORE_UNAVAILABLE", `The database cannot be used: ${why}.`, { cause });
}

/** JSON for a jsonb column, which can hold neither NUL nor half a surrogate pair: they become the replacement character. */
export function toJsonb(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "string" ? storable(item) : hasUnstorableKey(item) ? Object.fromEntries(Object.entries(item).map(([key, inner]) => [storable(key), inner])) : item));
}

function hasUnstorableKey(item: unknown): item is object {
  return typeof item === "object" && item !== null && !Array.isArray(item) && Object.keys(item).some((key) => storable(key) !== key);
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
