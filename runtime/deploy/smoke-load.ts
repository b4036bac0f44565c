import { fork } from "node:child_process";
import { isJsonObject } from "../model/json.ts";
import { LatchkeyError } from "../model/errors.ts";

const TIMEOUT_MS = 30_000;
const MEMORY_MB = 512;

/** What is loaded, and with what. */
export interface SmokeLoadOptions {
  /** The entry of the process that loads. */
  readonly entry: string;
  readonly dir: string;
  /** Absolute paths of modules, each with the name it is told by. */
  readonly modules: readonly { readonly file: string; readonly name: string }[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Loads every module of a deployment once, in a process of its own: code that cannot even be loaded is never activated.
 *
 * @throws LatchkeyError `DEPLOYMENT_INVALID`.
 */
export async function smokeLoad({ entry, dir, modules, env }: SmokeLoadOptions): Promise<void> {
  if (modules.length === 0) return;
  const child = fork(entry, [], { cwd: dir, env: { ...env }, detached: true, stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: [`--max-old-space-size=${MEMORY_MB}`, "--disable-warning=ExperimentalWarning"] });
  const answer = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => answer.resolve(`it did not load within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
  child.once("message", (message: unknown) => answer.resolve(isJsonObject(message) && typeof message["problem"] === "string" ? message["problem"] : null));
  child.once("error", (error) => answer.resolve(error.message));
  child.once("exit", (code, signal) => answer.resolve(`the process that loaded it ended (${signal ?? `exit code ${code ?? "unknown"}`})`));
  child.send(modules, () => undefined);
  try {
    const problem = await answer.promise;
    if (problem !== null) throw new LatchkeyError("DEPLOYMENT_INVALID", `The deployment cannot be loaded: ${problem}.`, { hint: "Mend the code, or set the environment variables it reads with: latchkey env set NAME." });
  } finally {
    clearTimeout(timer);
    // The group: whatever the code started while it was loaded goes too.
    if (child.pid !== undefined) killGroup(child.pid);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
