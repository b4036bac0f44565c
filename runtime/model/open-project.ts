import type { AuthSessionStore } from "./auth-session.ts";
import type { LiveView } from "./live.ts";
import type { Project, ProjectCompiler } from "./project.ts";
import type { AskHuman, FinishCondition, Observe, RunOutcome, RunRequest, RunStore } from "./run.ts";

/** What a caller of a run brings along. */
export interface RunIo {
  readonly observe: Observe;
  readonly ask: AskHuman;
  /** Where the run can be watched; absent: nowhere. */
  readonly live?: LiveView;
  /** Aborting cancels the run. */
  readonly signal: AbortSignal;
}

/** What commands take from the settings when a flag does not say it. */
export interface RunDefaults {
  readonly timeoutMs: number;
  readonly maximumAttempts: number;
  readonly createAttempts: number;
  readonly startUrl: string | null;
  readonly finish: FinishCondition | null;
}

/** A project as the commands use it: one of this machine, or one of a server. Disposing ends what it started. */
export interface ProjectHandle extends AsyncDisposable {
  readonly defaults: RunDefaults;
  readonly authSessions: Pick<AuthSessionStore, "list" | "summary" | "get" | "delete">;
  readonly runs: Pick<RunStore, "list" | "find" | "events" | "folder">;
  /**
   * Executes a run and records it.
   *
   * @throws LatchkeyError when the request is refused (unknown API, parameters that do not fit, no such auth session);
   * whatever happens after that is in the outcome.
   */
  execute(request: Omit<RunRequest, "runId">, io: RunIo): Promise<RunOutcome>;
}

/** A project of this machine with all its parts. */
export interface OpenProject extends ProjectHandle {
  readonly project: Project;
  readonly compiler: ProjectCompiler;
  readonly authSessions: AuthSessionStore;
  readonly runs: RunStore;
}

/** How a project is opened. */
export interface OpenProjectOptions {
  readonly dir: string;
  /** Settings by their path, such as `{"browser.headless": false}`: what flags of the command line said. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** The environment, as it is in `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told what a user should know once, such as that the sandbox is off. */
  readonly warn: (message: string) => void;
}
