import { LatchkeyError } from "../../model/errors.ts";
import type { AnyCommand } from "../command.ts";
import { textOf } from "../command.ts";
import { executeFromCli, exitCodeOf, outcomeToJson, tellOutcome } from "../execute-from-cli.ts";
import { openHandle } from "../open-from-cli.ts";
import { isStandardInput, readParameters, readSecretArgument } from "../read-parameters.ts";
import { readTimeoutMs, RUN_OPTIONS } from "../run-options.ts";

/** `latchkey run` */
export const runCommand: AnyCommand = {
  usage: "run <api> [params]",
  summary: "Run an API of the project",
  positionals: {
    api: { type: "string", demandOption: true, describe: "Name of the API: its path below api/ without extension" },
    params: { type: "string", describe: "Parameters: inline JSON, @file, a .json path, or - for standard input" },
  },
  options: {
    "auth-session": { type: "string", requiresArg: true, describe: "The auth session to act as" },
    check: { type: "boolean", default: true, describe: "Check the login first; --no-check trusts it" },
    recreate: { type: "boolean", default: true, describe: "Log in again when the check fails; --no-recreate fails instead" },
    ...RUN_OPTIONS,
    retries: { type: "number", requiresArg: true, describe: "Attempts after the first. Default: run.retry.maximumAttempts of the settings" },
  },
  examples: [
    ['latchkey run packages/details \'{"name": "left-pad"}\' --auth-session sam', "act as sam"],
    ["latchkey run packages/list --auth-session sam --json --trace", "one JSON document, and a trace of the run"],
  ],
  async run(given, context) {
    const paramsArgument = textOf(given, "params");
    const open = await openHandle(context);
    await using _open = open;
    const proxy = textOf(given, "proxy");
    const retries = given["retries"];
    if (retries !== undefined && (typeof retries !== "number" || !Number.isInteger(retries) || retries < 0)) throw new LatchkeyError("USAGE", "--retries takes a whole number from 0 on.");
    const parameters = await readParameters(paramsArgument, context);
    const request = {
      target: { kind: "api", name: textOf(given, "api") ?? "", authSessionId: textOf(given, "auth-session") ?? null, check: given["check"] !== false, autoRecreate: given["recreate"] !== false },
      parameters,
      proxyUrl: proxy === undefined ? null : await readSecretArgument(proxy, context),
      timeoutMs: readTimeoutMs(textOf(given, "timeout"), open.defaults.timeoutMs),
      maximumAttempts: retries === undefined ? open.defaults.maximumAttempts : retries + 1,
      trace: given["trace"] === true,
      headful: given["headful"] === true,
    } as const;
    const outcome = await executeFromCli(context, open, request, { stdinIsTaken: isStandardInput(paramsArgument) });
    tellOutcome(context, open, outcome);
    if (outcome.error === undefined) context.print(JSON.stringify(outcome.result ?? null, null, 2));
    context.printJson(outcomeToJson(outcome));
    return exitCodeOf(outcome);
  },
};
