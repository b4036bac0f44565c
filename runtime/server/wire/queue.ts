import type { EndedRun, HostedRun } from "../../model/hosted-run.ts";
import type { StoredQueue, StoredRepeatItem } from "../../model/queue.ts";
import { OUTCOME_STATUS_CODES } from "../../model/sink-body.ts";
import { toRunError } from "./run-error.ts";

/** WIRE-API 4.12 QueueInput, with what we know besides. */
export function toWireQueue({ id, definition, state, reason, origin, wakeAt, createdAt, waiting, running }: StoredQueue): object {
  return { id, ...definition, state: state === "active" ? "ACTIVE" : "PAUSED", ...(reason !== null && { reason }), origin, createdAt, waiting, running, ...(wakeAt !== null && { nextReleaseAt: wakeAt }) };
}

/** WIRE-API 4.12, status of an item. */
export function toItemStatus(run: EndedRun): object {
  const { runId } = run;
  if (run.held) return { runId, status: "queued" };
  if (run.status === "completed") return { runId, status: "completed", statusCode: OUTCOME_STATUS_CODES.completed, result: run.result ?? null };
  if (run.status === "failed" && run.error !== null) return { runId, status: "failed", statusCode: OUTCOME_STATUS_CODES.failed, error: toRunError(run.error, runId) };
  // The contract knows no canceled item.
  if (run.status === "canceled") return { runId, status: "failed", statusCode: OUTCOME_STATUS_CODES.canceled, error: run.error === null ? { message: "The item was canceled.", category: "user" } : toRunError(run.error, runId) };
  return { runId, status: "pending" };
}

/** An item as lists show it. */
export function toItem(run: HostedRun): object {
  return {
    runId: run.runId,
    status: run.held ? "queued" : run.status,
    apiName: run.api,
    parameters: run.parameters,
    priority: run.priority,
    createdAt: run.createdAt,
    ...(run.authSessionId !== null && { authSession: { id: run.authSessionId } }),
    ...(run.notBefore !== null && { notBefore: run.notBefore }),
    ...(run.startedAt !== null && { startedAt: run.startedAt }),
    ...(run.endedAt !== null && { endedAt: run.endedAt }),
    ...(run.errorCode !== null && { errorCode: run.errorCode }),
  };
}

/** WIRE-API 4.12, a repeat item as it is read. */
export function toWireRepeatItem({ id, item, lastRunId, nextAt }: StoredRepeatItem): object {
  return { ...item, id, ...(lastRunId !== null && { lastRunId }), nextAt };
}
