import type { Readable, Writable } from "node:stream";
import type { EnvironmentVariables } from "../config/environment.ts";

/** What a command works with besides its arguments. Tests give their own. */
export interface CliIo {
  readonly env: EnvironmentVariables;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** Options that every command takes. */
export interface CommonArguments {
  readonly project: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
  /** The server that the command acts on, when a flag says it. */
  readonly server: string | undefined;
}

/** A command while it runs. */
export interface CliContext extends CliIo, CommonArguments {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The result for people: exactly this goes to standard output. */
  readonly print: (text: string) => void;
  /** The result for programs, printed only with --json; exactly one document. */
  readonly printJson: (value: unknown) => void;
  /** What people should know while they wait: standard error. */
  readonly tell: (text: string) => void;
}

/** What a command ends with: its exit code. */
export type CommandResult = number;
