import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** The program as a user starts it. */
export const PROGRAM = join(import.meta.dirname, "../../runtime/cli/main.ts");

/** What became of a command. */
export interface CliOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly done: Promise<CliOutcome>;
  /** Resolves when standard error has the text. */
  told(text: string): Promise<void>;
  /** What it wrote to standard error so far. */
  stderr(): string;
}

/** Starts `latchkey ARGS` in a folder. */
export function startCli(cwd: string, args: readonly string[], { input = "", env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {}): RunningCli {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", PROGRAM, ...args], { cwd, stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, XDG_CONFIG_HOME: join(cwd, ".config"), NO_COLOR: "1", ...env } });
  let stdout = "";
  let stderr = "";
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const { text: wanted, resolve } of waiting) if (stderr.includes(wanted)) resolve();
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const done = new Promise<CliOutcome>((resolve) => child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr })));
  return { child, done, stderr: () => stderr, told: (text) => (stderr.includes(text) ? Promise.resolve() : new Promise((resolve) => waiting.push({ text, resolve }))) };
}

/** Runs `latchkey ARGS` to its end. */
export function runCli(cwd: string, args: readonly string[], options?: Parameters<typeof startCli>[2]): Promise<CliOutcome> {
  return startCli(cwd, args, options).done;
}
