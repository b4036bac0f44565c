import { randomUUIDv7 } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createSealer } from "./auth-sessions/seal/create-sealer.ts";
import { loadSealKeys } from "./auth-sessions/seal/load-seal-key.ts";
import { createBrowserProvider } from "./browser/provider.ts";
import { runDoctor } from "./browser/run-doctor.ts";
import { readEnvironment, type EnvironmentVariables } from "./config/environment.ts";
import { readSettingsFile } from "./config/read-settings-file.ts";
import { resolveSettings } from "./config/resolve-settings.ts";
import type { DoctorCheck } from "./model/doctor.ts";
import type { OpenProject, OpenProjectOptions } from "./model/open-project.ts";
import { isJsonObject } from "./model/json.ts";
import type { Project, ProjectCompiler } from "./model/project.ts";
import type { Reaper } from "./model/reaper.ts";
import { createTracer } from "./observe/tracer.ts";
import { buildProject as buildWithSettings, type BuiltProject } from "./project/build-project.ts";
import { createProjectCompiler } from "./project/compile.ts";
import { discoverProject, readEnvFile as readDotEnv } from "./project/discover.ts";
import { createDeadline } from "./runs/create-deadline.ts";
import { executeRun } from "./runs/execute-run.ts";
import { createChildPool } from "./runs/prepare-child.ts";
import type { RunParts } from "./runs/run-parts.ts";
import { startReaper } from "./runs/start-reaper.ts";
import { createFileAuthSessionStore } from "./store/files/auth-session-store.ts";
import { createFileRunStore } from "./store/files/run-store.ts";

/** Runs kept per project; older ones are swept. */
const KEPT_RUNS = 200;
const DOCTOR_TIMEOUT_MS = 60_000;
/** The folder of a project that holds everything Latchkey writes. */
const DATA_DIR = ".latchkey";
/** `.ts` from a checkout, `.js` from a package: other entries are beside this one, in the same form. */
const EXTENSION = extname(import.meta.filename);

export { findProjectDir } from "./project/discover.ts";

/** The project's own environment variables, from its `.env`. Secret. */
export function readEnvFile(dir: string): Readonly<Record<string, string>> {
  return readDotEnv(join(dir, ".env"));
}

export { readStorageStateFile, writeStorageStateFile } from "./auth-sessions/state/playwright.ts";

/** Bundles a project with its settings file. @throws LatchkeyError `BUILD_FAILED`, `API_INVALID`, … */
export async function buildProject(project: Project, compiler: ProjectCompiler): Promise<BuiltProject> {
  const { value } = readSettingsFile(project.dir);
  return buildWithSettings(project, compiler, isJsonObject(value) ? value : {});
}

/**
 * Opens a project with all its parts. None of its code runs yet, and no browser is started.
 *
 * @throws LatchkeyError `PROJECT_NOT_FOUND`, `SETTINGS_INVALID`, `API_INVALID`.
 */
export async function openProject({ dir, overrides, env, warn }: OpenProjectOptions): Promise<OpenProject> {
  const environment = readEnvironment(env);
  const discovered = await discoverProject(dir);
  const file = readSettingsFile(discovered.dir);
  file.warnings.forEach(warn);
  const settings = resolveSettings({ defaultName: basename(discovered.dir), hasAuthSessions: discovered.authSessions.check !== null, file: file.value, locate: file.locate, env, overrides });
  const project = { ...discovered, settings };
  const dataDir = join(project.dir, DATA_DIR);
  let reaper: Reaper | null = null;
  const compiler = createProjectCompiler({ runtimeEntry: pathToFileURL(join(import.meta.dirname, `index${EXTENSION}`)).href, dataDir });
  const authSessions = createFileAuthSessionStore({
    dir: join(dataDir, "auth-sessions"),
    openSealer: async (mayCreate) => createSealer(await loadSealKeys({ keyText: environment.sealKey, keyFile: environment.sealKeyFile, mayCreate })),
  });
  const runs = createFileRunStore({ dir: join(dataDir, "runs"), keep: KEPT_RUNS });
  const startParts = (): RunParts => {
    reaper = startReaper();
    return {
      project,
      compiler,
      authSessions,
      runs,
      browsers: createBrowserProvider({ environmentExecutable: environment.browser, browserEnv: { ...environment.base, ...environment.display }, reaper }),
      tracer: createTracer(),
      children: createChildPool({ entry: childEntry(), env: { ...environment.base, NODE_COMPILE_CACHE: join(dataDir, "cache", "compile") }, reaper }),
      storeFile: join(dataDir, "store.json"),
      values: null,
      environment: "local",
      warn,
      now: () => new Date(),
    };
  };
  let parts: RunParts | null = null;
  const { startUrl, finish, createAttempts } = settings.authSessions;
  return {
    project,
    compiler,
    authSessions,
    runs,
    defaults: { timeoutMs: settings.run.timeoutMs, maximumAttempts: settings.run.retry.maximumAttempts, createAttempts, startUrl, finish },
    async execute(request, io) {
      await ignoreDataDir(dataDir);
      parts ??= startParts();
      return executeRun(parts, { ...request, runId: randomUUIDv7(), trace: request.trace || settings.trace }, io);
    },
    async [Symbol.asyncDispose]() {
      await reaper?.[Symbol.asyncDispose]();
    },
  };
}

/** The bundled child starts twice as fast; a checkout that was not built runs it from its sources. */
export function childEntry(): string {
  const bundle = join(import.meta.dirname, "worker", "child-bundle.cjs");
  return existsSync(bundle) ? bundle : join(import.meta.dirname, "worker", `child${EXTENSION}`);
}

/** Keeps logins and runs out of the project's version control, whatever its own .gitignore says. */
async function ignoreDataDir(dataDir: string): Promise<void> {
  if (existsSync(dataDir) && readdirSync(dataDir).includes(".gitignore")) return;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, ".gitignore"), "*\n");
}

/**
 * Looks at what a run needs from this machine.
 *
 * @throws nothing: what is missing is in the checks.
 */
export async function doctor({ env, signal }: { readonly env: EnvironmentVariables; readonly signal: AbortSignal }): Promise<readonly DoctorCheck[]> {
  const environment = readEnvironment(env);
  await using reaper = startReaper();
  using deadline = createDeadline({ timeoutMs: DOCTOR_TIMEOUT_MS, what: "Looking at the machine", signal, log: () => undefined });
  const browsers = createBrowserProvider({ environmentExecutable: environment.browser, browserEnv: { ...environment.base, ...environment.display }, reaper });
  const settings = resolveSettings({ defaultName: "doctor", hasAuthSessions: false, file: null, locate: () => "", env, overrides: {} });
  return runDoctor({ settings, environmentExecutable: environment.browser, browsers, deadline });
}
