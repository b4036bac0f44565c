import { fork, type ChildProcess } from "node:child_process";
import { randomUUIDv7 } from "node:crypto";
import { extname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const RESTART_MS = 1_000;

/** Tell a supervised worker its id, and that of the worker before it, which is known to have ended: its runs need not wait until they are missed. */
export const WORKER_ID = "LATCHKEY_WORKER_ID";
/** See {@link WORKER_ID}. */
export const REPLACES_WORKER = "LATCHKEY_REPLACES_WORKER";

/** A worker as a process of its own, started again when it ends: author code cannot slow the server down, nor end it. */
export interface SupervisedWorker extends AsyncDisposable {
  readonly pid: number | undefined;
}

/** Starts `latchkey worker` with this command's environment. Disposing lets it drain. */
export function superviseWorker({ slots, env, cwd, onEnd }: { readonly slots: number; readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string; readonly onEnd: (message: string) => void }): SupervisedWorker {
  const entry = join(import.meta.dirname, `main${extname(import.meta.filename)}`);
  const ending = new AbortController();
  let current: ChildProcess | null = null;
  const running = (async () => {
    let replaces: string | null = null;
    while (!ending.signal.aborted) {
      const id = randomUUIDv7();
      // A session of its own: Ctrl-C reaches it through us, after we have stopped taking requests.
      const worker = fork(entry, ["worker", "--slots", String(slots)], { cwd, env: { ...env, [WORKER_ID]: id, ...(replaces !== null && { [REPLACES_WORKER]: replaces }) }, detached: true, stdio: ["ignore", "inherit", "inherit", "ipc"] });
      current = worker;
      const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve) => {
        worker.once("exit", (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
        worker.once("error", (error) => resolve([null, error.message]));
      });
      if (ending.signal.aborted) return;
      replaces = id;
      onEnd(`The worker ended (${signal ?? `exit code ${code ?? "unknown"}`}); another one is started.`);
      await delay(RESTART_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  let stopping: Promise<void> | null = null;
  return {
    get pid() {
      return current?.pid;
    },
    [Symbol.asyncDispose]() {
      stopping ??= (async () => {
        ending.abort();
        current?.kill("SIGTERM");
        await running;
      })();
      return stopping;
    },
  };
}
