import { ERRORS, LatchkeyError, type ErrorBody, type ErrorCode } from "../../model/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json.ts";
import type { RunOutcome, RunRecord } from "../../model/run.ts";

/** The objects of a list in an answer. */
export function listOf(answer: JsonValue, name: string): readonly JsonObject[] {
  const list = isJsonObject(answer) ? answer[name] : null;
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

/** A run of a server as a record of a local one. */
export function toRecord(run: JsonObject): RunRecord {
  const { runId, target, parameters, createdAt, startedAt, endedAt, attempt, errorCode, status } = run;
  const shown = status === "started" ? "running" : status;
  return { runId: text(runId), target: text(target), parameters: isJsonObject(parameters) ? parameters : {}, startedAt: text(startedAt ?? createdAt ?? null), status: shown as RunRecord["status"], pid: 0, ...(typeof endedAt === "string" && { ended: { durationMs: Date.parse(endedAt) - Date.parse(text(startedAt ?? createdAt ?? null)), attempts: Number(attempt), ...(typeof errorCode === "string" && { errorCode }) } }) };
}

/** What became of a run of a server, as if it had run here. */
export function toOutcome(run: JsonObject): RunOutcome {
  const { status, result, error, attempts, files, losses, authSession, extendedPayloads, durationMs, startedAt, createdAt } = run;
  const list = <T>(value: JsonValue | undefined): readonly T[] => (Array.isArray(value) ? (value as unknown as readonly T[]) : []);
  return {
    runId: text(run["runId"] ?? null),
    status: status === "completed" || status === "canceled" ? status : "failed",
    ...(status === "completed" ? { result: result ?? null } : { error: errorBody(error ?? null, status === "canceled") }),
    attempts: list(attempts),
    durationMs: typeof durationMs === "number" ? durationMs : 0,
    startedAt: text(startedAt ?? createdAt ?? null),
    files: list(files),
    losses: list(losses),
    ...(isJsonObject(authSession) && { authSession: authSession as unknown as NonNullable<RunOutcome["authSession"]> }),
    ...(Array.isArray(extendedPayloads) && { extendedPayloads: list(extendedPayloads) }),
  };
}

function errorBody(error: JsonValue, wasCanceled: boolean): ErrorBody {
  const details = isJsonObject(error) && isJsonObject(error["details"]) ? error["details"] : {};
  const { code, hint, where } = details;
  const known: ErrorCode = typeof code === "string" && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : wasCanceled ? "CANCELED" : "INTERNAL";
  const message = isJsonObject(error) ? text(error["message"] ?? null) : "The run was canceled.";
  return new LatchkeyError(known, message, { ...(typeof hint === "string" && { hint }), ...(typeof where === "string" && { where }) }).toBody();
}

/** A text in an answer; empty where it is none. */
export function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
