import type { AuthSessionStore } from "../model/auth-session.ts";
import type { BrowserProvider } from "../model/browser.ts";
import type { Project, ProjectCompiler } from "../model/project.ts";
import type { Reaper } from "../model/reaper.ts";
import type { RunStore } from "../model/run.ts";
import type { Tracer } from "../model/trace.ts";

/** What a run is executed with. `compose.ts` puts it together. */
export interface RunParts {
  readonly project: Project;
  readonly compiler: ProjectCompiler;
  readonly authSessions: AuthSessionStore;
  readonly runs: RunStore;
  readonly browsers: BrowserProvider;
  readonly tracer: Tracer;
  readonly reaper: Reaper;
  /** The entry of the child process. */
  readonly childEntry: string;
  /** The child's environment besides the project's own variables: what a program needs to run at all. */
  readonly childEnv: Readonly<Record<string, string>>;
  /** The file of the persistent store. */
  readonly storeFile: string;
  readonly environment: "local" | "hosted";
  readonly warn: (message: string) => void;
  readonly now: () => Date;
}
