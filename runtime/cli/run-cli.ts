import { createRequire } from "node:module";
import yargs, { type Argv } from "yargs";
import { EXIT_CODES, LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import { commands } from "./commands/index-of-commands.ts";
import type { CliContext, CliIo } from "./cli-context.ts";
import type { AnyCommand } from "./command.ts";
import { completionScript, suggest } from "./completion.ts";
import { STANDARD_INPUT } from "./read-parameters.ts";
import { reportError } from "./report-error.ts";

const SECOND_SIGNAL_EXIT = 130;

/** Runs one command line. @returns the exit code. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const controller = new AbortController();
  const onSignal = (): void => {
    // Whoever asks twice does not want to wait for the cleaning up; the reaper does it.
    if (controller.signal.aborted) process.exit(SECOND_SIGNAL_EXIT);
    controller.abort(new LatchkeyError("CANCELED", "Canceled."));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  // A fault of ours or of a library: told like any other error, never as a bare stack trace.
  const onFault = (thrown: unknown): void => {
    const error = toLatchkeyError(thrown);
    reportError(error, { io, json: argv.includes("--json"), verbose: argv.includes("--verbose") });
    process.exit(EXIT_CODES[error.blame]);
  };
  process.on("uncaughtException", onFault);
  // `latchkey … | head` closes our output early; that is no error.
  io.stdout.on("error", () => undefined);
  const wantsJson = argv.includes("--json");
  const verbose = argv.includes("--verbose");
  try {
    if (argv[0] === "--get-yargs-completions") {
      io.stdout.write(`${(await suggest(argv.slice(1), io)).join("\n")}\n`);
      return 0;
    }
    return await parse(argv, io, controller.signal);
  } catch (thrown) {
    const error = toLatchkeyError(thrown);
    reportError(error, { io, json: wantsJson, verbose });
    return EXIT_CODES[error.blame];
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    process.off("uncaughtException", onFault);
  }
}

async function parse(argv: readonly string[], io: CliIo, signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  const run = (command: AnyCommand) => async (given: Record<string, unknown>) => {
    const json = given["json"] === true;
    const context: CliContext = {
      ...io,
      project: typeof given["project"] === "string" ? given["project"] : undefined,
      json,
      verbose: given["verbose"] === true,
      server: typeof given["server"] === "string" ? given["server"] : undefined,
      signal,
      print: (text) => void (json ? undefined : io.stdout.write(`${text}\n`)),
      printJson: (value) => void (json ? io.stdout.write(`${JSON.stringify(value, null, 2)}\n`) : undefined),
      tell: (text) => void io.stderr.write(`${text}\n`),
    };
    exitCode = await command.run(given, context);
  };
  const width = Math.min(110, (io.stdout as { readonly columns?: number }).columns ?? 100);
  const parser = yargs([])
    .scriptName("latchkey")
    .usage("$0 <command>\n\nRuns browser automations on behalf of logged-in users.")
    .option("project", { type: "string", describe: "The project's folder. Default: the one you are in", requiresArg: true, global: true })
    .option("json", { type: "boolean", default: false, describe: "Print exactly one JSON document on standard output", global: true })
    .option("verbose", { type: "boolean", default: false, describe: "Show stack traces", global: true })
    .option("server", { type: "string", describe: "Act on this server instead of locally; LATCHKEY_SERVER does the same. The key is in LATCHKEY_API_KEY", requiresArg: true, global: true })
    .version(versionOfPackage())
    .help()
    .alias("help", "h")
    .strict()
    .recommendCommands()
    .demandCommand(1, "Name a command.")
    .wrap(width)
    .epilog("docs/cli.md describes every command; exit codes: 0 done, 1 the code or the site failed, 2 wrong input, 3 the auth session cannot be made valid, 4 the environment failed, 130 canceled.")
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new LatchkeyError("USAGE", message ?? "The command line was not understood.", { hint: `Run: latchkey ${commands.some(({ usage }) => usage.split(" ")[0] === argv[0]) ? `${argv[0] ?? ""} ` : ""}--help` });
    });
  addCommands(parser, commands, run);
  parser.command(completionScript(io.stdout));
  let output = "";
  await parser.parseAsync(argv.map((word) => (word === "-" ? STANDARD_INPUT : word)), {}, (_error: unknown, _argv: unknown, text: string) => {
    output = text;
  });
  if (output !== "") io.stdout.write(`${output}\n`);
  return exitCode;
}

function addCommands(parser: Argv, list: readonly AnyCommand[], run: (command: AnyCommand) => (given: Record<string, unknown>) => Promise<void>): void {
  for (const command of list) {
    parser.command(
      command.usage,
      command.summary,
      (builder: Argv) => {
        for (const [name, positional] of Object.entries(command.positionals ?? {})) builder.positional(name, positional);
        builder.options(command.options ?? {});
        for (const [line, what] of command.examples) builder.example(line, what);
        if (command.subcommands !== undefined) {
          addCommands(builder, command.subcommands, run);
          builder.demandCommand(1, `Name what to do: ${command.subcommands.map(({ usage }) => usage.split(" ")[0]).join(", ")}.`);
        }
        return builder;
      },
      command.subcommands === undefined ? run(command) : () => undefined,
    );
  }
}

function versionOfPackage(): string {
  const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };
  return version;
}
