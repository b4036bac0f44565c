import { hostname } from "node:os";
import type { ClaimedRun } from "../model/hosted-run.ts";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import { HandBack, runClaimed, type SlotParts } from "./run-claimed.ts";

/** The engine gives up on a run after 10 s without a word. */
const TOUCH_MS = 2_500;
const SEEN_MS = 3_000;
/** Delayed runs and retries become ready without a signal. */
const LOOK_MS = 1_000;
/** How long a worker that is being stopped waits for a database that is away. */
const GIVE_UP_MS = 10_000;

/** How a worker works. */
export interface WorkerOptions extends SlotParts {
  readonly id: string;
  readonly slots: number;
  readonly version: string;
  readonly now: () => number;
}

/** A worker: claims runs and gives each to a slot. */
export interface Worker extends AsyncDisposable {
  readonly id: string;
  readonly busy: number;
  /** Takes no more runs, waits up to `timeoutMs` for those that go on, and gives the rest back. */
  drain(timeoutMs: number): Promise<void>;
}

/** Starts a worker. Disposing gives back at once what goes on. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { store, id, slots, warn } = options;
  await store.workers.register({ id, host: hostname(), pid: process.pid, version: options.version, slots });
  const going = new Map<string, { readonly claimed: ClaimedRun; readonly controller: AbortController; readonly done: Promise<void> }>();
  let state: "running" | "draining" = "running";
  let ended = false;
  const work = store.signals.watch((signal) => signal.kind === "work");
  const giveUp = new AbortController();
  let troubled = false;
  const careful = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      troubled = false;
    } catch (thrown) {
      if (!troubled) warn(`${what}: ${toLatchkeyError(thrown).message}`);
      troubled = true;
    }
  };

  const start = (claimed: ClaimedRun): void => {
    const { runId } = claimed.run;
    const controller = new AbortController();
    const done = runClaimed(options, claimed, { signal: controller.signal, giveUp: giveUp.signal }).finally(() => {
      going.delete(runId);
      work.wake();
    });
    going.set(runId, { claimed, controller, done });
  };
  const cancel = (runId: string): void => going.get(runId)?.controller.abort(new LatchkeyError("CANCELED", "The run was canceled."));
  /** Takes what is ready, a run of each project in turn, until nothing is or no slot is free. */
  const claimAll = async (): Promise<void> => {
    let projects = shuffle(await store.runs.waitingProjects());
    while (projects.length > 0 && going.size < slots && state === "running") {
      const next: string[] = [];
      for (const projectId of projects) {
        if (going.size >= slots || state !== "running") return;
        const claimed = await store.runs.claim(projectId, id);
        if (claimed === null) continue;
        start(claimed);
        next.push(projectId);
      }
      projects = next;
    }
  };
  const claiming = (async () => {
    while (state === "running") {
      if (going.size < slots) await careful("Runs cannot be claimed", claimAll);
      await work.next({ timeoutMs: LOOK_MS });
    }
  })();
  const off = store.signals.on((signal) => {
    if (signal?.kind === "cancel") cancel(signal.runId);
  });
  const touching = setInterval(() => {
    if (going.size === 0) return;
    void careful("Runs cannot be kept alive", async () => {
      await store.runs.touch([...going.values()].map(({ claimed }) => claimed));
      // A signal may have been missed while the connection was broken.
      for (const runId of await store.runs.canceled([...going.keys()])) cancel(runId);
    });
  }, TOUCH_MS);
  const seeing = setInterval(() => {
    void careful("The worker cannot tell that it lives", () => store.workers.seen(id, { busy: going.size, memoryBytes: process.memoryUsage.rss(), state }));
  }, SEEN_MS);

  const end = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    await Promise.all([...going.values()].map(({ done }) => done));
    clearInterval(touching);
    clearInterval(seeing);
    off();
    work[Symbol.dispose]();
    await claiming;
    await store.workers.remove(id).catch(() => undefined);
  };
  let draining: Promise<void> | null = null;
  const drain = (timeoutMs: number): Promise<void> => {
    state = "draining";
    work.wake();
    draining ??= (async () => {
      await store.workers.seen(id, { busy: going.size, memoryBytes: process.memoryUsage.rss(), state }).catch(() => undefined);
      await claiming;
      const timer = setTimeout(() => {
        for (const { controller } of going.values()) controller.abort(new HandBack());
      }, timeoutMs);
      const lastTimer = setTimeout(() => giveUp.abort(), timeoutMs + GIVE_UP_MS);
      try {
        await end();
      } finally {
        clearTimeout(timer);
        clearTimeout(lastTimer);
      }
    })();
    return draining;
  };
  return {
    id,
    get busy() {
      return going.size;
    },
    drain,
    [Symbol.asyncDispose]: () => drain(0),
  };
}

/** Workers that all began with the same project would wait for each other. */
function shuffle<T>(list: readonly T[]): readonly T[] {
  return list.map((item) => [Math.random(), item] as const).sort(([a], [b]) => a - b).map(([, item]) => item);
}
