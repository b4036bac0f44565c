import type { JsonObject } from "../model/json.ts";
import type { ProjectHandle } from "../model/open-project.ts";
import type { RunTarget } from "../model/run.ts";
import type { CliContext } from "./cli-context.ts";
import { textOf } from "./command.ts";
import { executeFromCli, exitCodeOf, outcomeToJson, tellOutcome } from "./execute-from-cli.ts";
import { readSecretArgument } from "./read-parameters.ts";
import { readTimeoutMs } from "./run-options.ts";

/** What an operation on an auth session is asked for with. */
export interface AuthRequest {
  readonly target: RunTarget;
  readonly parameters: JsonObject;
  readonly stdinIsTaken: boolean;
  /** What to say when it is done. */
  readonly done: string;
  readonly maximumAttempts?: number;
  readonly headful?: boolean;
}

/** Executes an operation on an auth session and tells what became of it. @returns the exit code */
export async function executeAuth(context: CliContext, open: ProjectHandle, given: Readonly<Record<string, unknown>>, request: AuthRequest): Promise<number> {
  const proxy = textOf(given, "proxy");
  const outcome = await executeFromCli(
    context,
    open,
    {
      target: request.target,
      parameters: request.parameters,
      proxyUrl: proxy === undefined ? null : await readSecretArgument(proxy, context),
      timeoutMs: readTimeoutMs(textOf(given, "timeout"), open.defaults.timeoutMs),
      maximumAttempts: request.maximumAttempts ?? 1,
      trace: given["trace"] === true,
      headful: request.headful ?? given["headful"] === true,
    },
    { stdinIsTaken: request.stdinIsTaken },
  );
  tellOutcome(context, open, outcome);
  if (outcome.error === undefined) context.print(request.done);
  context.printJson({ ...outcomeToJson(outcome), ...(outcome.summary !== undefined && { result: outcome.summary }) });
  return exitCodeOf(outcome);
}
