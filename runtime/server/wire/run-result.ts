import type { EndedRun, HostedRun, StoredPrompt } from "../../model/hosted-run.ts";
import { OUTCOME_STATUS_CODES } from "../../model/sink-body.ts";
import { canceledReason, toRunError } from "./run-error.ts";

/** WIRE-API 4.3 R2: keys only where they apply, never null. */
export function toRunResult(run: EndedRun): object {
  const base = { runId: run.runId, status: run.status === "awaiting-input" ? "started" : run.status };
  const extended = run.outcome?.extendedPayloads;
  const payloads = extended === undefined ? {} : { extendedPayloads: extended.map(({ api, parameters, runId }) => ({ api, parameters, ...(runId !== undefined && { runId }) })) };
  if (run.status === "completed") return { ...base, result: run.result ?? null, statusCode: OUTCOME_STATUS_CODES.completed, ...payloads };
  if (run.status === "canceled") return { ...base, reason: canceledReason(run.error), message: run.error?.message ?? "The run was canceled." };
  if (run.status === "failed" && run.error !== null) return { ...base, error: toRunError(run.error, run.runId), message: run.error.message, ...payloads };
  return base;
}

/** The older contract's answer to a synchronous run (WIRE-API 4.8), where an error is a text; ours is beside it. */
export function toSynchronousResult(run: EndedRun): object {
  if (run.status === "completed") return { runId: run.runId, status: "completed", statusCode: OUTCOME_STATUS_CODES.completed, result: run.result ?? null };
  const message = run.error?.message ?? "The run was canceled.";
  return { runId: run.runId, status: run.status, statusCode: run.status === "canceled" ? OUTCOME_STATUS_CODES.canceled : OUTCOME_STATUS_CODES.failed, error: run.error?.code ?? "CANCELED", message, ...(run.error !== null && { details: toRunError(run.error, run.runId) }) };
}

/** WIRE-API 4.2 OperationResult. A question is told beside the keys that existing clients know. */
export function toOperationResult(run: EndedRun, open: StoredPrompt | null): object {
  if (run.status === "pending") return { status: "pending" };
  if (run.status === "completed") return { status: "done", authSessionId: run.authSessionId ?? "" };
  if (run.status === "canceled") return { status: "canceled", message: run.error?.message ?? "The run was canceled.", reason: canceledReason(run.error) };
  if (run.status === "failed" && run.error !== null) return { status: "failed", message: run.error.message, error: toRunError(run.error, run.runId) };
  return { status: "in_progress", runId: run.runId, ...(open !== null && { requestedMoreInfo: { id: open.id, details: toInfoRequest(open) } }) };
}

/** A question in the older contract's words (WIRE-API 4.8). */
function toInfoRequest({ question }: StoredPrompt): object {
  const { kind, message, choices } = question;
  return { action: "request_more_info", requestType: kind === "choice" ? "multiple_choice" : "otp", messageToUser: message, ...(choices !== undefined && { choices }) };
}

/** A run as lists show it. */
export function toRunSummary(run: HostedRun): object {
  const { workspaceId: _workspace, projectId: _project, errorCode, ...rest } = run;
  return { ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)), ...(errorCode !== null && { errorCode }) };
}

/** A run with everything known of it, without secrets. */
export function toRunDetails(run: EndedRun): object {
  const { result, error, attempts, outcome, ...rest } = run;
  const { files = [], losses = [], authSession, extendedPayloads } = outcome ?? {};
  // From the first attempt to the end, pauses included: an attempt's own time is with the attempt.
  const durationMs = run.startedAt === null || run.endedAt === null ? undefined : Date.parse(run.endedAt) - Date.parse(run.startedAt);
  return {
    ...toRunSummary(rest),
    ...(run.status === "completed" && { result: result ?? null }),
    ...(error !== null && { error: toRunError(error, run.runId) }),
    attempts,
    files,
    losses,
    ...(durationMs !== undefined && { durationMs }),
    ...(authSession !== undefined && { authSession }),
    ...(extendedPayloads !== undefined && { extendedPayloads }),
  };
}
