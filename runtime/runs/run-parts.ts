import type { AuthSessionStore } from "../model/auth-session.ts";
import type { BrowserProvider } from "../model/browser.ts";
import type { PersistentValues } from "../model/persistent-values.ts";
import type { Project, ProjectCompiler } from "../model/project.ts";
import type { RunStore } from "../model/run.ts";
import type { Tracer } from "../model/trace.ts";
import type { ChildPool } from "./prepare-child.ts";

/** What a run is executed with. `compose.ts` puts it together. */
export interface RunParts {
  readonly project: Project;
  readonly compiler: ProjectCompiler;
  readonly authSessions: AuthSessionStore;
  readonly runs: RunStore;
  readonly browsers: BrowserProvider;
  readonly tracer: Tracer;
  readonly children: ChildPool;
  /** The file of the persistent store; null: it is kept in `values`. */
  readonly storeFile: string | null;
  /** The persistent store of a hosted runtime. */
  readonly values: PersistentValues | null;
  readonly environment: "local" | "hosted";
  readonly warn: (message: string) => void;
  readonly now: () => Date;
}
