import { EXIT_CODES, LatchkeyError } from "../model/errors.ts";
import type { ProjectHandle } from "../model/open-project.ts";
import type { RunOutcome, RunRequest } from "../model/run.ts";
import { createAskHuman } from "./ask-human.ts";
import type { CliContext } from "./cli-context.ts";
import { colorsFor, formatError } from "./report-error.ts";
import { formatMs, showProgress } from "./show-progress.ts";

/** What a command says of its run. */
export interface ExecuteOptions {
  /** Whether standard input was used for parameters, so that answers cannot come from there. */
  readonly stdinIsTaken: boolean;
}

/** Executes a run with progress on standard error, and tells a failure. The result is for the command to print. */
export async function executeFromCli(context: CliContext, open: ProjectHandle, request: Omit<RunRequest, "runId">, { stdinIsTaken }: ExecuteOptions): Promise<RunOutcome> {
  using progress = showProgress(context);
  const ask = createAskHuman(context, { stdinIsTaken, pauseProgress: progress.pause });
  return open.execute(request, { observe: progress.observe, ask, signal: context.signal });
}

/** The exit code of an outcome. */
export function exitCodeOf({ error }: RunOutcome): number {
  return error === undefined ? 0 : EXIT_CODES[LatchkeyError.fromBody(error).blame];
}

/** The JSON of an outcome that scripts depend on (DESIGN section 7), with keys of ours beside. */
export function outcomeToJson({ runId, status, result, error, attempts, durationMs, authSession, extendedPayloads, files, losses }: RunOutcome): object {
  return {
    runId,
    status,
    ...(error === undefined ? { result: result ?? null } : { error: withoutStack(error) }),
    attempts: attempts.length,
    durationMs,
    ...(authSession !== undefined && { authSession }),
    ...(extendedPayloads !== undefined && { extendedPayloads }),
    ...(files.length > 0 && { files }),
    ...(losses.length > 0 && { losses }),
  };
}

function withoutStack({ code, message, hint, retriable, where, details }: NonNullable<RunOutcome["error"]>): object {
  return { code, message, hint, retriable, ...(where !== undefined && { where }), ...(details !== undefined && { details }) };
}

/** Tells how a run ended, on standard error: what failed, and where the evidence is. */
export function tellOutcome(context: CliContext, open: ProjectHandle, outcome: RunOutcome): void {
  const colors = colorsFor(context);
  const folder = open.runs.folder(outcome.runId);
  const last = outcome.attempts.at(-1);
  for (const { origin, place, reason } of outcome.losses) context.tell(`${colors.yellow("warn ")} ${place} of ${origin} is not carried: ${reason}`);
  for (const payload of outcome.extendedPayloads ?? []) context.tell(colors.dim(`extended payload: ${payload.api} (it counts in jobs and queues only)`));
  for (const file of outcome.files) context.tell(`saved ${folder}/${file}`);
  if (outcome.error !== undefined) {
    context.tell(formatError(LatchkeyError.fromBody(outcome.error), { io: context, verbose: context.verbose }));
    if (last?.failure !== undefined) context.tell(colors.dim(`  page: ${last.failure.title === "" ? "" : `"${last.failure.title}" `}${last.failure.url}${last.failure.screenshot === null ? "" : `\n  picture: ${folder}/${last.failure.screenshot}`}`));
  }
  if (last?.trace !== undefined) context.tell(colors.dim(`  trace: ${folder}/${last.trace}`));
  const status = outcome.status === "completed" ? colors.green("completed") : colors.red(outcome.status);
  context.tell(`${status} in ${formatMs(outcome.durationMs)} ${colors.dim(`(latchkey runs show ${outcome.runId.slice(-12)})`)}`);
}
