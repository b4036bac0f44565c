import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject } from "../../runtime/compose.ts";
import type { JsonObject } from "../../runtime/model/json.ts";
import type { OpenProject } from "../../runtime/model/open-project.ts";
import type { AskHuman, RunEvent, RunOutcome, RunRequest, RunTarget } from "../../runtime/model/run.ts";

/** A fixture project in a temporary folder, opened with all its real parts. */
export interface TestProject extends AsyncDisposable {
  readonly dir: string;
  readonly open: OpenProject;
  /** Everything that was told of all runs so far. */
  readonly events: readonly RunEvent[];
  /** Executes an API. */
  api(name: string, parameters?: JsonObject, change?: ApiChange): Promise<RunOutcome>;
  /** Executes an operation on an auth session. */
  auth(target: Exclude<RunTarget, { readonly kind: "api" }>, parameters?: JsonObject, change?: Partial<RunRequest>): Promise<RunOutcome>;
}

/** What a test says differently from the usual request. */
export interface ApiChange extends Partial<Omit<RunRequest, "target" | "parameters">> {
  readonly authSessionId?: string;
  readonly check?: boolean;
  readonly autoRecreate?: boolean;
  readonly signal?: AbortSignal;
}

/** How a test project is opened. */
export interface TestProjectOptions {
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly ask?: AskHuman;
  /** Use this folder rather than a fresh copy, for a second process's view of the same project. */
  readonly sharedDir?: string;
}

/** The folder of fixture projects. */
export const PROJECTS_DIR = join(import.meta.dirname, "../fixtures/projects");

/** Opens a copy of `test/fixtures/projects/NAME`. Its seal key is in the copy too, so that a user's own is never touched. */
export async function openTestProject(name: string, options: TestProjectOptions = {}): Promise<TestProject> {
  const dir = options.sharedDir ?? (await mkdtemp(join(tmpdir(), "latchkey-test-")));
  if (options.sharedDir === undefined) await cp(join(PROJECTS_DIR, name), dir, { recursive: true });
  const events: RunEvent[] = [];
  const open = await openProject({ dir, overrides: options.overrides ?? {}, warn: () => undefined, env: { ...process.env, XDG_CONFIG_HOME: join(dir, ".config") } });
  const ask: AskHuman = options.ask ?? (() => Promise.reject(new Error("The test expected no question.")));
  const execute = (request: Omit<RunRequest, "runId">, signal: AbortSignal): Promise<RunOutcome> => open.execute(request, { observe: (event) => void events.push(event), ask, signal });
  const usual = { proxyUrl: null, timeoutMs: 60_000, maximumAttempts: 1, trace: false, headful: false };
  const noSignal = new AbortController().signal;
  return {
    dir,
    open,
    events,
    api: (apiName, parameters = {}, { authSessionId = undefined, check = true, autoRecreate = true, signal = noSignal, ...change } = {}) =>
      execute({ ...usual, ...change, parameters, target: { kind: "api", name: apiName, authSessionId: authSessionId ?? null, check, autoRecreate } }, signal),
    auth: (target, parameters = {}, change = {}) => execute({ ...usual, ...change, parameters, target }, noSignal),
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      if (options.sharedDir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}
