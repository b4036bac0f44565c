import { statusAfterFailedLogin, type AuthSession, type AuthSessionStore, type AuthSessionSummary, type AuthSessionType } from "../model/auth-session.ts";
import type { Deadline } from "../model/deadline.ts";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import { parseUpstreamProxy } from "../model/proxy.ts";
import type { CapturedState } from "../model/storage-state.ts";

/** What the keeper needs of a running attempt. `Stage` is a context with a state in it, ready for use. */
export interface LoginDriver<Stage> {
  /** Restores the state into a new context and checks it, as often as `checkAttempts` says. Null: the login does not hold. */
  restoreAndCheck(session: AuthSession): Promise<Stage | null>;
  /** Restores without a check. */
  restore(session: AuthSession): Promise<Stage>;
  /** Logs in in a new context and captures its state; restores that into another one and checks it there. */
  login(parameters: JsonObject, proxyUrl: string | null): Promise<{ readonly captured: CapturedState; readonly stage: Stage }>;
}

/** How a login is kept. */
export interface KeepOptions {
  readonly check: boolean;
  readonly autoRecreate: boolean;
  /** A check that passed this long ago or less still counts. */
  readonly checkFreshForMs: number;
  readonly lockTimeoutMs: number;
  readonly deadline: Deadline;
  readonly now: () => Date;
}

/** A login that holds, and where it is loaded. */
export interface KeptLogin<Stage> {
  readonly stage: Stage;
  readonly session: AuthSession;
  readonly recreated: boolean;
  /** When its check passed; null when there was none. */
  readonly checkedAt: string | null;
}

/**
 * Gives a stage whose login holds: restores and checks, and logs in again when it must, once for everybody.
 *
 * @throws LatchkeyError `AUTH_SESSION_NOT_FOUND`, `AUTH_SESSION_NEEDS_ATTENTION`, `AUTH_SESSION_CHECK_FAILED`,
 * `AUTH_SESSION_CREATE_FAILED`, `INVALID_CREDENTIALS`, `AUTH_SESSION_BUSY`, or what kept the browser from the site.
 */
export async function keepLogin<Stage>(store: AuthSessionStore, id: string, driver: LoginDriver<Stage>, options: KeepOptions): Promise<KeptLogin<Stage>> {
  const session = await usableSession(store, id);
  if (!options.check || isFresh(session.summary, options)) return { stage: await driver.restore(session), session, recreated: false, checkedAt: null };
  const stage = await driver.restoreAndCheck(session);
  if (stage !== null) return { stage, session, recreated: false, checkedAt: options.now().toISOString() };
  return logInAgain(store, session, driver, options);
}

/** The session, unless nothing may be done with it. */
async function usableSession(store: AuthSessionStore, id: string): Promise<AuthSession> {
  const session = await store.get(id);
  if (session === null) throw new LatchkeyError("AUTH_SESSION_NOT_FOUND", `There is no auth session "${id}".`, { hint: `Create it with: latchkey auth create ${id}` });
  const { status, lastError } = session.summary;
  if (status !== "needs-attention") return session;
  const reason = lastError === null ? "" : ` The last time: ${lastError.message}`;
  throw new LatchkeyError("AUTH_SESSION_NEEDS_ATTENTION", `The auth session "${id}" needs attention: logging in failed, so nothing logs in by itself any more.${reason}`, { hint: `Find the cause, then log in with: latchkey auth update ${id}` });
}

function isFresh(summary: AuthSessionSummary, { checkFreshForMs, now }: KeepOptions): boolean {
  return checkFreshForMs > 0 && summary.status === "ready" && summary.lastCheckAt !== null && now().getTime() - Date.parse(summary.lastCheckAt) <= checkFreshForMs;
}

async function logInAgain<Stage>(store: AuthSessionStore, failed: AuthSession, driver: LoginDriver<Stage>, options: KeepOptions): Promise<KeptLogin<Stage>> {
  const { id, type } = failed.summary;
  if (!options.autoRecreate || type !== "credentials") {
    const why = type === "credentials" ? "and it was not to be made again" : `and a ${type} login can only be made again by a person`;
    const error = new LatchkeyError("AUTH_SESSION_CHECK_FAILED", `The login of "${id}" no longer holds, ${why}.`, type === "recorded" ? { hint: `Record it again with: latchkey auth record ${id}` } : {});
    await noteFailure(store, failed, { status: "expired", failedLogins: failed.summary.failedLogins }, error);
    throw error;
  }
  const onWait = (): void => options.deadline.log(`Another run is logging in as "${id}"; waiting for its login.`);
  return store.withLock(id, "login", { timeoutMs: options.lockTimeoutMs, signal: options.deadline.signal, onWait }, async () => {
    const current = await usableSession(store, id);
    // Somebody else logged in while we waited: their login is everybody's.
    if (current.summary.loggedInAt !== failed.summary.loggedInAt) {
      const stage = await driver.restoreAndCheck(current);
      if (stage !== null) return { stage, session: current, recreated: true, checkedAt: options.now().toISOString() };
    }
    return recreate(store, current, driver, options);
  });
}

async function recreate<Stage>(store: AuthSessionStore, current: AuthSession, driver: LoginDriver<Stage>, options: KeepOptions): Promise<KeptLogin<Stage>> {
  const { parameters, proxyUrl } = current.secrets;
  try {
    const { captured, stage } = await driver.login(parameters, proxyUrl);
    const at = options.now().toISOString();
    const session = await store.put(loggedIn({ id: current.summary.id, type: "credentials", parameters, proxyUrl, captured, at, previous: current.summary }), current.summary.version);
    return { stage, session, recreated: true, checkedAt: at };
  } catch (thrown) {
    const error = toLatchkeyError(thrown);
    if (countsAsFailedLogin(error)) {
      const failedLogins = current.summary.failedLogins + 1;
      await noteFailure(store, current, { status: statusAfterFailedLogin(failedLogins, error.code === "INVALID_CREDENTIALS"), failedLogins }, error);
    }
    throw error;
  }
}

/** A login that never reached the site says nothing about the credentials and cannot lock an account. */
function countsAsFailedLogin(error: LatchkeyError): boolean {
  return error.code !== "NAVIGATION_FAILED" && error.blame !== "environment" && error.blame !== "canceled";
}

/** What a new auth session, or one that was logged in again, is made of. */
export interface LoggedIn {
  readonly id: string;
  readonly type: AuthSessionType;
  readonly parameters: JsonObject;
  readonly proxyUrl: string | null;
  readonly captured: CapturedState;
  /** When the login was made and checked. */
  readonly at: string;
  /** What it was before; null for a new one. */
  readonly previous: AuthSessionSummary | null;
}

/** The record of a login that was just made and passed its check. */
export function loggedIn({ id, type, parameters, proxyUrl, captured, at, previous }: LoggedIn): AuthSession {
  return {
    summary: {
      id,
      type,
      status: "ready",
      createdAt: previous?.createdAt ?? at,
      updatedAt: at,
      loggedInAt: at,
      lastCheckAt: at,
      lastUsedAt: previous?.lastUsedAt ?? null,
      failedLogins: 0,
      lastError: null,
      proxy: proxyUrl === null ? null : parseUpstreamProxy(proxyUrl).masked,
      losses: captured.losses,
      counts: { cookies: captured.state.cookies.length, origins: captured.state.origins.length },
      version: previous?.version ?? 0,
    },
    secrets: { parameters, proxyUrl, state: captured.state },
  };
}

/** Records why a login or check failed; the state stays as it is. A conflict means that somebody knows better. */
async function noteFailure(store: AuthSessionStore, session: AuthSession, change: Pick<AuthSessionSummary, "status" | "failedLogins">, error: LatchkeyError): Promise<void> {
  const { code, message } = error;
  await putUnlessNewer(store, { ...session, summary: { ...session.summary, ...change, lastError: { code, message } } });
}

async function putUnlessNewer(store: AuthSessionStore, session: AuthSession): Promise<boolean> {
  try {
    await store.put(session, session.summary.version);
    return true;
  } catch (thrown) {
    if (thrown instanceof LatchkeyError && thrown.code === "STATE_CONFLICT") return false;
    throw thrown;
  }
}

/** What a run that used an auth session leaves behind. */
export interface UsedLogin {
  /** The session as it was when its state was restored. */
  readonly session: AuthSession;
  /** The state after the run; null: not to be saved. */
  readonly captured: CapturedState | null;
  readonly checkedAt: string | null;
  readonly at: string;
}

/**
 * Writes a run's state back, so that rotated tokens live on. Compare-and-set: when somebody wrote meanwhile,
 * their state stays and only the times are noted.
 *
 * @returns whether the state was saved.
 */
export async function saveAfterUse(store: AuthSessionStore, { session, captured, checkedAt, at }: UsedLogin): Promise<boolean> {
  const times = { lastUsedAt: at, ...(checkedAt !== null && { lastCheckAt: checkedAt, status: "ready", lastError: null } as const) };
  const summary = captured === null ? { ...session.summary, ...times } : { ...session.summary, ...times, updatedAt: at, losses: captured.losses, counts: { cookies: captured.state.cookies.length, origins: captured.state.origins.length } };
  if (await putUnlessNewer(store, { summary, secrets: captured === null ? session.secrets : { ...session.secrets, state: captured.state } })) return captured !== null;
  const newer = await store.get(session.summary.id);
  if (newer !== null && newer.summary.status === "ready") await putUnlessNewer(store, { ...newer, summary: { ...newer.summary, lastUsedAt: at } });
  return false;
}
