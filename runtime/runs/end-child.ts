import { readdir, readFile } from "node:fs/promises";
import type { ChildProcess } from "node:child_process";

/** How long each step of the ladder is given. */
export interface LadderTimes {
  /** After asking, in milliseconds. */
  readonly askMs: number;
  /** After SIGTERM, in milliseconds. */
  readonly terminateMs: number;
}

/** Of an attempt that ran into its deadline or was canceled. */
export const LADDER_TIMES = { askMs: 500, terminateMs: 1_000 } as const satisfies LadderTimes;

/**
 * Ends a child and its whole process group: ask, SIGTERM, SIGKILL. Processes that left the group are
 * found by the attempt's marker in their environment (Linux only).
 *
 * @returns each step that was needed.
 */
export async function endChild(child: ChildProcess, marker: string, ask: () => void, times: LadderTimes): Promise<readonly string[]> {
  const steps: string[] = [];
  const gone = exited(child);
  if (!hasExited(child)) {
    steps.push("asked");
    ask();
    if (!(await within(gone, times.askMs))) {
      steps.push("SIGTERM");
      signalGroup(child.pid, "SIGTERM");
      if (!(await within(gone, times.terminateMs))) {
        steps.push("SIGKILL");
        signalGroup(child.pid, "SIGKILL");
        await gone;
      }
    }
  }
  // What the child started may still be there, with or without the child.
  signalGroup(child.pid, "SIGKILL");
  for (const pid of await pidsWithMarker(marker)) signalProcess(pid, "SIGKILL");
  return steps;
}

/** Whether the child has ended. */
export function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

async function exited(child: ChildProcess): Promise<void> {
  if (hasExited(child)) return;
  const ended = Promise.withResolvers<void>();
  child.once("exit", () => ended.resolve());
  await ended.promise;
}

async function within(promise: Promise<void>, timeoutMs: number): Promise<boolean> {
  const timer = Promise.withResolvers<boolean>();
  const handle = setTimeout(() => timer.resolve(false), timeoutMs);
  try {
    return await Promise.race([promise.then(() => true), timer.promise]);
  } finally {
    clearTimeout(handle);
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid !== undefined) signalProcess(-pid, signal);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already, which is what was wanted.
  }
}

/** The name of the environment variable that marks every process of an attempt. */
export const MARKER_VARIABLE = "LATCHKEY_ATTEMPT";

async function pidsWithMarker(marker: string): Promise<readonly number[]> {
  if (process.platform !== "linux") return [];
  const wanted = `${MARKER_VARIABLE}=${marker}`;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return environment.split("\0").includes(wanted) ? Number(pid) : null;
    }),
  );
  return found.filter((pid) => pid !== null);
}
