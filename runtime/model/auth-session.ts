import type { JsonObject } from "./json.ts";
import type { StateLoss, StorageState } from "./storage-state.ts";

/** `ready`: its last check or login passed. `expired`: a check failed. `needs-attention`: the breaker is open. */
export type AuthSessionStatus = "ready" | "expired" | "needs-attention";

/** `credentials`: made by `create`; `recorded`: a person logged in by hand; `imported`: from a file. */
export type AuthSessionType = "credentials" | "recorded" | "imported";

/** What can be shown of an auth session: no secret in it. */
export interface AuthSessionSummary {
  readonly id: string;
  readonly type: AuthSessionType;
  readonly status: AuthSessionStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When the login was last made. */
  readonly loggedInAt: string;
  readonly lastCheckAt: string | null;
  readonly lastUsedAt: string | null;
  /** Failed logins in a row. At {@link BREAKER_THRESHOLD} the breaker opens. */
  readonly failedLogins: number;
  /** Why the last login or check failed, without secrets. */
  readonly lastError: { readonly code: string; readonly message: string } | null;
  /** The proxy with `***` for its credentials. */
  readonly proxy: string | null;
  /** What could not be carried. */
  readonly losses: readonly StateLoss[];
  readonly counts: { readonly cookies: number; readonly origins: number };
  /** Grows by one with each write: what compare-and-set compares. */
  readonly version: number;
}

/** The secret part, sealed at rest. */
export interface AuthSessionSecrets {
  readonly parameters: JsonObject;
  readonly proxyUrl: string | null;
  readonly state: StorageState;
}

/** A whole auth session. */
export interface AuthSession {
  readonly summary: AuthSessionSummary;
  readonly secrets: AuthSessionSecrets;
}

/** Where auth sessions are kept. All methods throw LatchkeyError with `SEAL_KEY_*` or `STORE_CORRUPT` where they must. */
export interface AuthSessionStore {
  /** Sorted by id. Does not need the key. */
  list(): Promise<readonly AuthSessionSummary[]>;
  /** Without its secrets; does not need the key. Null: not there. */
  summary(id: string): Promise<AuthSessionSummary | null>;
  /** Null: not there. */
  get(id: string): Promise<AuthSession | null>;
  /**
   * Writes if the stored version is still `expectedVersion` (null: must not be there yet). The new version is `expectedVersion + 1`.
   *
   * @throws LatchkeyError `STATE_CONFLICT`.
   */
  put(session: AuthSession, expectedVersion: number | null): Promise<AuthSession>;
  /** False: was not there. */
  delete(id: string): Promise<boolean>;
  /**
   * Runs `work` while nobody else, in any process of any machine that shares the store, holds the same name.
   * Released also when the process is killed.
   *
   * @throws LatchkeyError `AUTH_SESSION_BUSY` after `timeoutMs`, or the signal's reason.
   */
  withLock<T>(id: string, purpose: "login" | "use", options: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly onWait?: () => void }, work: () => Promise<T>): Promise<T>;
}

/** After this many failed logins in a row nothing logs in by itself any more, lest the account be locked. */
export const BREAKER_THRESHOLD = 3;

/** The status after a failed login. */
export function statusAfterFailedLogin(failedLogins: number, invalidCredentials: boolean): AuthSessionStatus {
  return invalidCredentials || failedLogins >= BREAKER_THRESHOLD ? "needs-attention" : "expired";
}
