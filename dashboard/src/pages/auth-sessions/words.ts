import type { AuthSession, LiveDeployment, RunKind } from "../../api/types.ts";

/** After this many failed logins in a row nothing logs in by itself any more. */
const BREAKER_THRESHOLD = 3;

/** What to tell of an auth session that is not ready, and what to do about it. */
export interface Advice {
  readonly title: string;
  readonly message: string;
  readonly next: string;
}

/** The state of the login and of the breaker in words. Null: all is well. */
export function adviceFor({ details }: AuthSession): Advice | null {
  if (details === undefined || details.status === "ready") return null;
  const { status, type, failedLogins, lastError } = details;
  if (type !== "credentials")
    return {
      title: "The login has ended",
      message: type === "recorded" ? "It was made by hand, so only a person can make it again. Runs that need it fail until then." : "It came from elsewhere, so it cannot be made again here. Runs that need it fail until then.",
      next: type === "recorded" ? "Record the login again, under the same id." : "Import it again with the command below, or record it under the same id.",
    };
  if (status === "needs-attention")
    return lastError?.code === "INVALID_CREDENTIALS"
      ? { title: "The site refused the credentials", message: "Nothing logs in by itself any more, so that the account is not locked. Runs that need this login fail at once.", next: "Update the login with the right credentials. That closes the breaker." }
      : { title: `The breaker is open: ${failedLogins} logins in a row failed`, message: "Nothing logs in by itself any more, so that the account is not locked. Runs that need this login fail at once.", next: "Find the cause in the last failure below, then update the login. That closes the breaker." };
  const left = Math.max(1, BREAKER_THRESHOLD - failedLogins);
  return {
    title: "The login has ended",
    message: failedLogins === 0 ? "The last check did not hold. The next run that needs it logs in again by itself." : `${failedLogins === 1 ? "One login" : `${failedLogins} logins`} in a row failed. After ${left === 1 ? "one more" : `${left} more`} the breaker opens, and nothing logs in by itself any more.`,
    next: "Check now to log in again, or update the login with other parameters.",
  };
}

/** The status as the badge shows it: the finer one where it is known. */
export function statusOf({ status, details }: AuthSession): string {
  return details?.status ?? status;
}

const TYPES = { credentials: "Credentials", recorded: "Recorded by hand", imported: "Imported" } as const;

/** How the login is made. */
export function typeLabel({ type, details }: AuthSession): string {
  if (details !== undefined) return TYPES[details.type];
  return type === "CREDENTIALS" ? TYPES.credentials : TYPES.recorded;
}

const OPERATIONS: Readonly<Record<RunKind, string>> = { api: "Run", "auth-create": "First login", "auth-update": "New login", "auth-validate": "Check", "auth-record": "Recording", "auth-import": "Import" };

/** What an operation is called. */
export function operationLabel(kind: RunKind): string {
  return OPERATIONS[kind];
}

/** `every 15 minutes`, `every 2 hours`, `every day`. */
export function everyLabel(everyMs: number): string {
  for (const [unit, unitMs] of [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000]] as const) {
    if (everyMs % unitMs !== 0) continue;
    const count = everyMs / unitMs;
    return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
  }
  return `every ${everyMs} ms`;
}

const MODES = { exclusive: "One run at a time", shared: "Many runs at once" } as const;

/** What a mode means. */
export function modeLabel(mode: keyof typeof MODES): string {
  return MODES[mode];
}

/** The target that logs in; undefined: the project has none. */
export function loginTarget(deployment: LiveDeployment | undefined): LiveDeployment["targets"][number] | undefined {
  return deployment?.targets.find(({ name }) => name === "auth-sessions/create");
}
