import { LatchkeyError } from "../../model/errors.ts";
import { sqlStateOf, type Database } from "./database.ts";

/** How a lock is waited for. */
export interface LockOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called once, when somebody else has it. */
  readonly onWait?: () => void;
}

const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Runs `work` while nobody else on the database holds the same name. PostgreSQL frees the lock when the connection
 * ends, so a killed process frees it at once; and when the connection breaks while we work, the work is over too,
 * since somebody else may have the lock by then.
 *
 * @throws LatchkeyError `AUTH_SESSION_BUSY`, `STORE_UNAVAILABLE`, or the signal's reason.
 */
export async function withAdvisoryLock<T>(locks: Database, name: string, { timeoutMs, signal, onWait }: LockOptions, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw signal.reason;
  const client = await locks.connectAlone();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  const onEnd = (): void => broken.reject(new LatchkeyError("STORE_UNAVAILABLE", "The connection that holds the lock of the auth session broke."));
  let waitingPid: number | null = null;
  const onAbort = (): void => {
    broken.reject(signal.reason);
    // A server process that waits for a lock does not see that its client has gone: it would get the lock in the end.
    if (waitingPid !== null) void locks.sql.query("select pg_cancel_backend($1)", [waitingPid]).catch(() => undefined);
  };
  client.on("end", onEnd);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const { rows } = await client.query<{ readonly taken: boolean; readonly pid: number }>("select pg_try_advisory_lock(hashtextextended($1, 2)) as taken, pg_backend_pid() as pid", [name]);
    if (signal.aborted) throw signal.reason;
    if (rows[0]?.taken !== true) {
      onWait?.();
      waitingPid = rows[0]?.pid ?? null;
      await client.query("select set_config('lock_timeout', $1, false)", [`${Math.max(1, Math.round(timeoutMs))}ms`]);
      const waiting = client.query("select pg_advisory_lock(hashtextextended($1, 2))", [name]);
      // Its end after we have given up is no news.
      waiting.catch(() => undefined);
      await Promise.race([waiting, broken.promise]);
    }
    waitingPid = null;
    signal.removeEventListener("abort", onAbort);
    return await Promise.race([work(), broken.promise]);
  } catch (thrown) {
    if (sqlStateOf(thrown) === LOCK_NOT_AVAILABLE) throw new LatchkeyError("AUTH_SESSION_BUSY", `Another run holds the auth session, and it did not become free within ${Math.round(timeoutMs / 1000)} s.`);
    throw thrown;
  } finally {
    signal.removeEventListener("abort", onAbort);
    client.off("end", onEnd);
    // Ending the connection frees the lock, whatever state it is in.
    await client.end().catch(() => undefined);
  }
}
