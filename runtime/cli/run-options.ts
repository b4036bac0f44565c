import type { Options } from "yargs";
import { parseDurationMs } from "../config/parse-duration.ts";
import { LatchkeyError } from "../model/errors.ts";

/** Options of everything that starts a browser. */
export const RUN_OPTIONS: Readonly<Record<string, Options>> = {
  proxy: { type: "string", requiresArg: true, describe: "Upstream proxy: a URL, @file or env:NAME (a password in a URL can be seen by other users of the machine)" },
  timeout: { type: "string", requiresArg: true, describe: "How long one attempt may take: 600s, 10m, 1500ms. Default: run.timeoutMs of the settings" },
  headful: { type: "boolean", default: false, describe: "Show the browser's window" },
  trace: { type: "boolean", default: false, describe: "Record screenshots, network, console and timeline" },
};

/** The timeout that was given; a number alone is seconds. @throws LatchkeyError `USAGE` */
export function readTimeoutMs(given: string | undefined, fallbackMs: number): number {
  if (given === undefined) return fallbackMs;
  const timeoutMs = parseDurationMs(/^\d+$/.test(given) ? `${given}s` : given);
  if (timeoutMs === null || timeoutMs < 1) throw new LatchkeyError("USAGE", `--timeout ${given} is not a length of time.`, { hint: "Write 600s, 10m or 1500ms." });
  return timeoutMs;
}
