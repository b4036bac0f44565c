import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import type { Reaper } from "../model/reaper.ts";
import { endChild, hasExited, LADDER_TIMES, MARKER_VARIABLE } from "./end-child.ts";

const REFILL_MS = 200;

/** How children are forked: what is the same for all attempts. */
export interface ChildPoolOptions {
  /** The entry of the child: a file that Node can run. */
  readonly entry: string;
  /** The environment of every child; a project's own variables come with its attempt. */
  readonly env: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  /** How many wait, already loaded. Default 0: each is forked when it is needed. */
  readonly ahead?: number;
  /** How long after one was taken the next is forked. */
  readonly refillAfterMs?: number;
}

/** A child process that has not been told yet what to run. */
export interface PreparedChild {
  readonly process: ChildProcess;
  /** In the environment of every process that the attempt starts. */
  readonly marker: string;
  readonly memoryMb: number;
  /** Watches over it, also when we are killed; disposed when it has ended. */
  readonly guards: DisposableStack;
}

/** Gives out children, each for one attempt. Disposing ends those that were not taken. */
export interface ChildPool extends AsyncDisposable {
  take(memoryMb: number): PreparedChild;
}

/** A pool that keeps `ahead` children loaded, with the memory limit that was asked for last. */
export function createChildPool(options: ChildPoolOptions): ChildPool {
  const { ahead = 0, refillAfterMs = REFILL_MS } = options;
  let waiting: PreparedChild[] = [];
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const end = async ({ process: child, marker, guards }: PreparedChild): Promise<void> => {
    await endChild(child, marker, () => void (child.connected && child.send({ type: "end" }, () => undefined)), LADDER_TIMES);
    guards.dispose();
  };
  const refill = (memoryMb: number): void => {
    while (!closed && waiting.length < ahead) waiting.push(forkChild(options, memoryMb));
  };
  return {
    take(memoryMb) {
      const unfit = waiting.filter((child) => child.memoryMb !== memoryMb || hasExited(child.process));
      waiting = waiting.filter((child) => !unfit.includes(child));
      for (const child of unfit) void end(child);
      const taken = waiting.shift() ?? forkChild(options, memoryMb);
      // Not while the attempt that took it begins: loading two at the same time makes both slower.
      if (ahead > 0) {
        clearTimeout(timer);
        timer = setTimeout(() => refill(memoryMb), refillAfterMs);
      }
      return taken;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      const rest = waiting;
      waiting = [];
      await Promise.all(rest.map(end));
    },
  };
}

function forkChild({ entry, env, reaper }: ChildPoolOptions, memoryMb: number): PreparedChild {
  const marker = randomUUID();
  const child = fork(entry, [], {
    cwd: tmpdir(),
    env: { ...env, [MARKER_VARIABLE]: marker },
    detached: true,
    execArgv: ["--enable-source-maps", `--max-old-space-size=${memoryMb}`, "--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
  });
  // Told to whoever takes it, by its exit; unheard it would end us.
  child.on("error", () => undefined);
  const guards = new DisposableStack();
  guards.use(reaper.guardMarker(marker));
  if (child.pid !== undefined) guards.use(reaper.guardGroup(child.pid));
  return { process: child, marker, memoryMb, guards };
}
