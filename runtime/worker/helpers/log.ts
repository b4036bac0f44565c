import { inspect } from "node:util";
import { attemptScope } from "../attempt-scope.ts";

type Level = "debug" | "info" | "warn" | "error";

const write =
  (level: Level) =>
  (message: string, ...values: readonly unknown[]): void => {
    const tail = values.map((value) => (typeof value === "string" ? value : inspect(value, { depth: 4, breakLength: Infinity })));
    attemptScope("log").send({ type: "log", level, message: [message, ...tail].join(" ") });
  };

/** Writes to the run's log with a level. `console.*` is kept too: standard output as info, standard error as warn. */
export const log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
