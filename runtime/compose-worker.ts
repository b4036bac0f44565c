import { randomUUIDv7 } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createBrowserPool } from "./browser/pool.ts";
import { createBrowserProvider } from "./browser/provider.ts";
import type { EnvironmentVariables } from "./config/environment.ts";
import { childEntry } from "./compose.ts";
import { createDeployments } from "./compose-deployments.ts";
import { openRuntime } from "./compose-hosted.ts";
import { LatchkeyError } from "./model/errors.ts";
import type { ClaimedRun } from "./model/hosted-run.ts";
import type { RunStore } from "./model/run.ts";
import { createTracer } from "./observe/tracer.ts";
import { createDeadline } from "./runs/create-deadline.ts";
import { executeRun } from "./runs/execute-run.ts";
import { createChildPool } from "./runs/prepare-child.ts";
import type { RunParts } from "./runs/run-parts.ts";
import { startReaper } from "./runs/start-reaper.ts";
import { startWorker } from "./slots/start-worker.ts";

const BROWSER_START_MS = 60_000;
const MAX_IDLE_MS = 10 * 60_000;

/** A worker of this process. */
export interface HostedWorker extends AsyncDisposable {
  readonly id: string;
  readonly slots: number;
  /** Takes no more runs and waits for those that go on, as long as LATCHKEY_DRAIN says. */
  drain(): Promise<void>;
}

/** How a worker is started. */
export interface HostedWorkerOptions {
  readonly env: EnvironmentVariables;
  readonly cwd: string;
  readonly slots: number;
  /** Null: a new one. */
  readonly id: string | null;
  /** A worker that is known to have ended, and whose runs go on now. */
  readonly replaces: string | null;
}

/**
 * Starts a worker on the database that the environment names.
 *
 * @throws LatchkeyError as `openRuntime` does.
 */
export async function startHostedWorker({ env, cwd, slots, id: givenId, replaces }: HostedWorkerOptions): Promise<HostedWorker> {
  await using cleanup = new AsyncDisposableStack();
  const runtime = cleanup.use(await openRuntime({ env, cwd, component: "worker", embedded: "join", connections: slots + 4 }));
  const { environment, hosted, store, artifacts, log, telemetry, version } = runtime;
  const id = givenId ?? randomUUIDv7();
  if (replaces !== null) await store.runs.giveUp(replaces);
  const reaper = cleanup.use(startReaper());
  const scratchDir = join(hosted.dataDir, "scratch", id);
  await mkdir(scratchDir, { recursive: true, mode: 0o700 });
  cleanup.use(reaper.guardFolder(scratchDir));
  const children = cleanup.use(createChildPool({ entry: childEntry(), env: { ...environment.base, NODE_COMPILE_CACHE: join(hosted.dataDir, "compile-cache") }, reaper, ahead: slots }));
  const browsers = cleanup.use(
    createBrowserPool({
      provider: createBrowserProvider({ environmentExecutable: environment.browser, browserEnv: { ...environment.base, ...environment.display }, reaper }),
      ahead: slots,
      maxIdleMs: MAX_IDLE_MS,
      startDeadline: () => createDeadline({ timeoutMs: BROWSER_START_MS, what: "Starting a browser", log: () => undefined }),
    }),
  );
  const deployments = createDeployments(runtime);
  const tracer = createTracer();
  const warn = (message: string): void => log.warn(message);

  const partsOf = async ({ run }: ClaimedRun, runs: RunStore): Promise<RunParts> => {
    const [project, deployed] = await Promise.all([store.projects.get(run.projectId), deployments.open(run.projectId, run.deploymentId)]);
    if (project === null) throw new LatchkeyError("PROJECT_UNKNOWN", "The project of the run was deleted.");
    const mode = run.authSessionId === null ? null : (await store.authSessions.options(project.id, run.authSessionId)).mode;
    const { settings } = deployed.project;
    return {
      project: mode === null ? deployed.project : { ...deployed.project, settings: { ...settings, authSessions: { ...settings.authSessions, mode } } },
      compiler: deployed.compiler,
      authSessions: store.authSessions.of(project),
      runs,
      browsers,
      tracer,
      children,
      storeFile: null,
      values: { get: (key) => store.values.get(project.id, key), set: (key, value) => store.values.set(project.id, key, value), delete: (key) => store.values.delete(project.id, key), list: (prefix) => store.values.list(project.id, prefix) },
      environment: "hosted",
      warn,
      now: () => new Date(),
    };
  };

  const worker = cleanup.use(
    await startWorker({
      id,
      slots,
      version,
      now: Date.now,
      store,
      artifacts,
      scratchDir,
      execute: async (claimed, request, runs, io) => executeRun(await partsOf(claimed, runs), request, io),
      promptTimeoutOf: async ({ run }) => (await deployments.known(run.projectId, run.deploymentId)).settings.authSessions.promptTimeoutMs,
      observe: ({ run, traceparent }, event) => {
        telemetry.observe({ runId: run.runId, target: run.target, traceparent }, event);
        if (event.type === "attempt-ended") log.info({ runId: run.runId, target: run.target, attempt: event.attempt, ms: event.durationMs, code: event.error?.code }, "attempt ended");
      },
      warn,
    }),
  );
  log.info({ worker: id, slots }, "worker started");
  const kept = cleanup.move();
  let ending: Promise<void> | null = null;
  return { id, slots, drain: () => worker.drain(hosted.drainMs), [Symbol.asyncDispose]: () => (ending ??= kept.disposeAsync()) };
}
