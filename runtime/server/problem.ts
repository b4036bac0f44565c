import { STATUS_CODES } from "node:http";
import type { LatchkeyError} from "../model/errors.ts";
import { ERRORS, type ErrorCode } from "../model/errors.ts";

/** Codes whose status does not follow from who has to act. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  CROSS_SITE: 403,
  NOT_FOUND: 404,
  WORKSPACE_NOT_FOUND: 404,
  PROJECT_UNKNOWN: 404,
  API_NOT_FOUND: 404,
  RUN_NOT_FOUND: 404,
  AUTH_SESSION_NOT_FOUND: 404,
  DEPLOYMENT_NOT_FOUND: 404,
  KEY_NOT_FOUND: 404,
  ENV_NOT_FOUND: 404,
  PROMPT_NOT_FOUND: 404,
  ARTIFACT_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  JOB_RUN_NOT_FOUND: 404,
  QUEUE_NOT_FOUND: 404,
  QUEUE_ITEM_NOT_FOUND: 404,
  REPEAT_ITEM_NOT_FOUND: 404,
  DELIVERY_NOT_FOUND: 404,
  LINK_EXPIRED: 403,
  LINK_USED: 409,
  JOB_EXISTS: 409,
  QUEUE_EXISTS: 409,
  RESOURCE_DECLARED: 409,
  DELIVERY_PENDING: 409,
  QUEUE_FULL: 429,
  PROJECT_EXISTS: 409,
  AUTH_SESSION_EXISTS: 409,
  PROMPT_CLOSED: 409,
  RUN_ENDED: 409,
  RUN_NOT_ENDED: 409,
  NO_LIVE_DEPLOYMENT: 409,
  IDEMPOTENCY_CONFLICT: 409,
  LAST_ADMIN_KEY: 409,
  STATE_CONFLICT: 409,
  RESULT_GONE: 409,
  DEPLOYMENT_INVALID: 422,
  RESOURCE_INVALID: 422,
  TOO_MANY_REQUESTS: 429,
  STORE_UNAVAILABLE: 503,
};

/** The contract's own word for a status (WIRE-API 4.2). */
const WIRE_CODES: Readonly<Record<number, string>> = { 400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found", 409: "conflict", 413: "payload-too-large", 415: "unsupported-media-type", 422: "unprocessable", 429: "too-many-requests", 503: "service-unavailable" };

/** The HTTP status of an error. */
export function statusOf(error: LatchkeyError): number {
  const { blame } = ERRORS[error.code];
  return STATUS[error.code] ?? (blame === "environment" ? 500 : 400);
}

/**
 * The body of an error: the keys that existing clients read (WIRE-API 4.2, `retirable` is spelled so there) and those of
 * RFC 9457 in one object. Never a stack trace.
 */
export function problemOf(error: LatchkeyError, { status, correlationId, instance }: { readonly status: number; readonly correlationId: string; readonly instance: string }): object {
  const { code, message, hint, retriable, details } = error.toBody();
  // What went wrong inside is told in the server's own log, under the same id.
  const shown = code === "INTERNAL" ? "Something went wrong on the server." : message;
  return {
    code: WIRE_CODES[status] ?? (status >= 500 ? "internal-server-error" : "bad-request"),
    category: "user",
    message: shown,
    retirable: retriable,
    correlationId,
    details: { ...details, code, hint },
    type: `urn:latchkey:error:${code}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: shown,
    instance,
  };
}
