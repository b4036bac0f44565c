import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { AuthSessionSummary } from "../model/auth-session.ts";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { RunIo } from "../model/open-project.ts";
import { createRedactor, maskParameters, type Redactor } from "../model/redact.ts";
import type { AttemptRecord, ExtendedPayload, Observe, RunOutcome, RunRecord, RunRequest } from "../model/run.ts";
import type { StateLoss } from "../model/storage-state.ts";
import { admit } from "./admit.ts";
import { describeTarget } from "../model/describe-target.ts";
import { learnEnvironment, learnProxy } from "./learn-secrets.ts";
import { runAttempt, type AttemptResult } from "./run-attempt.ts";
import type { RunParts } from "./run-parts.ts";

const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

/**
 * Executes a run and records it: the one verb that the CLI, the HTTP server, jobs and queues all use.
 *
 * @throws LatchkeyError when the request is refused; everything after that is in the outcome.
 */
export async function executeRun(parts: RunParts, asked: RunRequest, io: RunIo): Promise<RunOutcome> {
  const request = await admit(parts, asked);
  const redactor = redactorOf(parts, request);
  const startedAt = parts.now().toISOString();
  const begin = performance.now();
  const record: RunRecord = { runId: request.runId, target: describeTarget(request.target), parameters: shownParameters(request, redactor), startedAt, status: "running", pid: process.pid };
  const folder = await parts.runs.begin(record);
  const observe: Observe = (event) => {
    parts.runs.append(request.runId, event);
    io.observe(event);
  };
  if (request.continued === undefined || request.continued.number === 1) observe({ type: "run-started", at: startedAt, runId: request.runId, target: record.target });
  const { attempts, last, mayRetry } = await tryUntilDone(parts, request, { ...io, observe }, folder, redactor);
  const durationMs = Math.round(performance.now() - begin);
  const outcome: RunOutcome = {
    runId: request.runId,
    status: last.error === null ? "completed" : last.error.code === "CANCELED" ? "canceled" : "failed",
    ...(last.error === null ? { result: last.result } : { error: redactor.value(last.error.toBody()) }),
    attempts,
    durationMs,
    startedAt,
    ...optional(last),
    files: await filesOf(folder),
    losses: last.losses,
    ...(mayRetry && { mayRetry }),
  };
  await parts.runs.end({ ...record, status: outcome.status, outcome: redactor.value(outcome) });
  if (!mayRetry) observe({ type: "run-ended", at: parts.now().toISOString(), status: outcome.status, durationMs });
  return outcome;
}

async function tryUntilDone(parts: RunParts, request: RunRequest, io: RunIo, folder: string, redactor: Redactor): Promise<{ readonly attempts: readonly AttemptRecord[]; readonly last: AttemptResult; readonly mayRetry: boolean }> {
  const { number: first, earlier } = request.continued ?? { number: 1, earlier: [] };
  const attempts: AttemptRecord[] = [...earlier];
  for (let number = first; ; number++) {
    const last = await runAttempt(parts, { request, number, folder, redactor, io });
    attempts.push(last.record);
    const mayRetry = last.error?.retriable === true && number < request.maximumAttempts && !io.signal.aborted;
    if (!mayRetry) return { attempts, last, mayRetry };
    if (request.continued !== undefined) return { attempts, last, mayRetry };
    const backoffMs = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (number - 1)) * (0.5 + Math.random() / 2);
    try {
      await delay(backoffMs, undefined, { signal: io.signal });
    } catch {
      return { attempts, last: { ...last, error: new LatchkeyError("CANCELED", "The run was canceled.") }, mayRetry: false };
    }
  }
}

function redactorOf(parts: RunParts, { target, parameters, proxyUrl }: RunRequest): Redactor {
  const redactor = createRedactor();
  learnEnvironment(redactor, parts.project.env);
  if (proxyUrl !== null) learnProxy(redactor, proxyUrl);
  if (target.kind === "api" && target.runtimeInput !== undefined) redactor.addParameters(target.runtimeInput);
  if (target.kind === "api") redactor.addSensitive(parameters);
  else redactor.addParameters(parameters);
  return redactor;
}

function shownParameters({ target, parameters }: RunRequest, redactor: Redactor): RunRecord["parameters"] {
  if (target.kind === "api") return redactor.value(parameters);
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, maskParameters(value, key)]));
}

function optional({ authSession, extendedPayloads, summary }: { readonly authSession?: { readonly id: string; readonly recreated: boolean }; readonly extendedPayloads: readonly ExtendedPayload[]; readonly summary?: AuthSessionSummary; readonly losses: readonly StateLoss[] }): Pick<RunOutcome, "authSession" | "extendedPayloads" | "summary"> {
  return { ...(authSession !== undefined && { authSession }), ...(extendedPayloads.length > 0 && { extendedPayloads }), ...(summary !== undefined && { summary }) };
}

/** Files that were saved or downloaded, with their path below the run's folder; half-finished downloads are left out. */
async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(folder, "files"), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".crdownload")).map((entry) => join("files", join(entry.parentPath, entry.name).slice(join(folder, "files").length + 1))).sort();
  } catch (thrown) {
    const error = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT" ? null : toLatchkeyError(thrown, "ENVIRONMENT");
    if (error !== null) throw error;
    return [];
  }
}
