import pc from "picocolors";
import { readEnvironment } from "../config/environment.ts";
import type { LatchkeyError } from "../model/errors.ts";
import type { CliIo } from "./cli-context.ts";

/** How an error is shown. */
export interface ReportOptions {
  readonly io: CliIo;
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Tells an error: its code and sentence, the next step, where it was. A stack trace only when asked for. */
export function reportError(error: LatchkeyError, { io, json, verbose }: ReportOptions): void {
  const { code, message, hint, retriable, where } = error.toBody();
  if (json) io.stdout.write(`${JSON.stringify({ status: error.blame === "canceled" ? "canceled" : "failed", error: { code, message, hint, retriable, ...(where !== undefined && { where }) } }, null, 2)}\n`);
  io.stderr.write(`${formatError(error, { io, verbose })}\n`);
}

/** An error as people read it. */
export function formatError(error: LatchkeyError, { io, verbose }: Pick<ReportOptions, "io" | "verbose">): string {
  const colors = colorsFor(io);
  const { code, message, hint, where, stack } = error.toBody();
  const lines = [`${colors.red("error")} ${colors.bold(code)}: ${message}`, `  ${colors.cyan("→")} ${hint}`];
  if (where !== undefined && !message.includes(where)) lines.push(`  ${colors.dim(`at ${where}`)}`);
  if (verbose && stack !== undefined) lines.push(colors.dim(stack));
  return lines.join("\n");
}

/** Colours for standard error: none when it is no terminal, or NO_COLOR is set. */
export function colorsFor(io: CliIo): ReturnType<typeof pc.createColors> {
  return pc.createColors(io.stderr.isTTY === true && !readEnvironment(io.env).noColor);
}
