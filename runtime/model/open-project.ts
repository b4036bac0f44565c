import type { AuthSessionStore } from "./auth-session.ts";
import type { Project, ProjectCompiler } from "./project.ts";
import type { AskHuman, Observe, RunOutcome, RunRequest, RunStore } from "./run.ts";

/** What a caller of a run brings along. */
export interface RunIo {
  readonly observe: Observe;
  readonly ask: AskHuman;
  /** Aborting cancels the run. */
  readonly signal: AbortSignal;
}

/** A project with all its parts: what the CLI works with. Disposing ends what it started. */
export interface OpenProject extends AsyncDisposable {
  readonly project: Project;
  readonly compiler: ProjectCompiler;
  readonly authSessions: AuthSessionStore;
  readonly runs: RunStore;
  /**
   * Executes a run and records it.
   *
   * @throws LatchkeyError when the request is refused (unknown API, parameters that do not fit, no such auth session);
   * whatever happens after that is in the outcome.
   */
  execute(request: Omit<RunRequest, "runId">, io: RunIo): Promise<RunOutcome>;
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
