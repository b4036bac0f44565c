import { ERRORS, type Blame, type ErrorBody, type ErrorCode } from "../../model/errors.ts";

/** The closed list of WIRE-API 4.2; what is not in the map is `unexpected`, with the true code in `details`. */
const WIRE_CODES: Partial<Record<ErrorCode, string>> = {
  API_FAILED: "script-execution-exception",
  RUN_ERROR: "script-execution-exception",
  NAVIGATION_FAILED: "script-execution-exception",
  RESULT_NOT_JSON: "script-no-valid-output-received",
  RESULT_TOO_LARGE: "result-too-big-error",
  RUN_TIMED_OUT: "script-timeout",
  CHILD_CRASHED: "script-process-crashed",
  CHILD_OUT_OF_MEMORY: "script-process-crashed",
  PAGE_CRASHED: "script-process-crashed",
  BROWSER_CRASHED: "script-process-crashed",
  AUTH_SESSION_CHECK_FAILED: "auth-check-failed",
  AUTH_SESSION_CREATE_FAILED: "create-attempts-failed",
  INVALID_CREDENTIALS: "create-attempts-failed",
  STATE_NOT_PORTABLE: "post-create-check-attempts-failed",
  WORKER_LOST: "internal-server-error",
  ENVIRONMENT: "internal-server-error",
  INTERNAL: "internal-server-error",
  STORE_UNAVAILABLE: "internal-server-error",
};

const CATEGORIES: Record<Blame, string> = { author: "execution", auth: "auth", input: "user", environment: "infrastructure", canceled: "user" };

/** A run's error in the contract's words (WIRE-API 4.2 RunError). */
export function toRunError({ code, message, hint, retriable, where, details }: ErrorBody, runId: string): object {
  return { message, category: CATEGORIES[ERRORS[code].blame], code: WIRE_CODES[code] ?? "unexpected", retirable: retriable, correlation_id: runId, details: { ...details, code, hint, ...(where !== undefined && { where }) } };
}

/** Why a run was canceled (WIRE-API 4.2 RunReason). */
export function canceledReason(error: ErrorBody | null): { readonly type: string; readonly message: string } {
  const reason = error?.details?.["reason"];
  if (reason === "job-run-terminated" || reason === "terminated") return { type: reason, message: error?.message ?? "" };
  return { type: "cancelled-user-action", message: "The run was canceled." };
}
