/** What a key may do, each including those before it. */
export const SCOPES = ["run", "manage", "deploy", "admin"] as const;

/** `run`: start and read runs. `manage`: auth sessions, prompts, environment names. `deploy`: deployments and environment variables. `admin`: keys, projects, audit. */
export type Scope = (typeof SCOPES)[number];

/** Who makes a request. */
export interface Principal {
  readonly keyId: string;
  /** The key's name: what the audit log calls whoever used it. */
  readonly name: string;
  readonly workspaceId: string;
  /** Null: every project of the workspace. */
  readonly projectId: string | null;
  readonly scope: Scope;
}

/** A key as it is listed: nothing of it lets anybody in. */
export interface KeySummary {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  /** Name of the only project it is good for; null: all of the workspace. */
  readonly project: string | null;
  /** The last four characters, to tell keys apart. */
  readonly hint: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** Whether `has` is enough for what `needed` asks. */
export function scopeCovers(has: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(has) >= SCOPES.indexOf(needed);
}
