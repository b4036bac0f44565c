import type { Options, PositionalOptions } from "yargs";
import type { CliContext, CommandResult } from "./cli-context.ts";

/** One command of the program. Its arguments are what yargs parsed by `positionals` and `options`. */
export interface AnyCommand {
  /** `run <api> [params]` */
  readonly usage: string;
  readonly summary: string;
  readonly positionals?: Readonly<Record<string, PositionalOptions>>;
  readonly options?: Readonly<Record<string, Options>>;
  /** Lines that work, with what they do. At least two. */
  readonly examples: readonly (readonly [string, string])[];
  readonly subcommands?: readonly AnyCommand[];
  /** @returns the exit code. */
  readonly run: (given: Readonly<Record<string, unknown>>, context: CliContext) => Promise<CommandResult>;
}

/** A text argument; undefined when it was not given. */
export function textOf(given: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = given[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}
