import type { PhaseName, RunEvent } from "../model/run.ts";
import type { CliContext } from "./cli-context.ts";
import { colorsFor } from "./report-error.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;

const PHASES: Record<PhaseName, string> = {
  compile: "compiling the project",
  browser: "starting the browser",
  restore: "restoring the login",
  check: "checking the login",
  create: "logging in",
  verify: "checking the new login in a fresh browser",
  api: "running the API",
  record: "recording your login",
  capture: "capturing the login",
  save: "saving the login",
};

/** Shows a run while it goes on: lines, and on a terminal the phase of the moment. */
export interface Progress extends Disposable {
  readonly observe: (event: RunEvent) => void;
  /** Clears the line of the moment, for a question. */
  readonly pause: () => void;
}

/** Progress on standard error. */
export function showProgress(context: CliContext): Progress {
  const { stderr } = context;
  const colors = colorsFor(context);
  const isLive = stderr.isTTY === true;
  let timer: NodeJS.Timeout | null = null;
  const clear = (): void => {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    stderr.write("\r\u001b[K");
  };
  const spin = (text: string): void => {
    if (!isLive) return;
    clear();
    let frame = 0;
    timer = setInterval(() => stderr.write(`\r\u001b[K${colors.cyan(FRAMES[frame++ % FRAMES.length] ?? "")} ${text}`), FRAME_MS);
    timer.unref();
  };
  const line = (text: string): void => {
    clear();
    stderr.write(`${text}\n`);
  };
  const observe = (event: RunEvent): void => {
    switch (event.type) {
      case "attempt-started":
        if (event.attempt > 1) line(colors.yellow(`attempt ${event.attempt} of ${event.of}`));
        break;
      case "phase-started":
        spin(PHASES[event.phase]);
        break;
      case "phase-ended":
        line(`${event.ok ? colors.green("✓") : colors.red("✗")} ${PHASES[event.phase]} ${colors.dim(formatMs(event.durationMs))}`);
        break;
      case "log":
        line(formatLog(event, colors));
        break;
      case "attempt-ended":
        if (event.error !== undefined) line(`${colors.red("✗")} attempt ${event.attempt} failed: ${event.error.code} ${colors.dim(formatMs(event.durationMs))}`);
        break;
      case "run-started":
      case "run-ended":
      case "prompt":
      case "prompt-answered":
        clear();
    }
  };
  return { observe, pause: clear, [Symbol.dispose]: clear };
}

/** A line of a run's log as people read it. */
export function formatLog(event: RunEvent & { readonly type: "log" }, colors: ReturnType<typeof colorsFor>): string {
  const mark = event.level === "error" ? colors.red("error") : event.level === "warn" ? colors.yellow("warn ") : event.level === "debug" ? colors.dim("debug") : colors.dim("log  ");
  return `${mark} ${event.message}`;
}

/** Milliseconds as people read them. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
