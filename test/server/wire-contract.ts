/**
 * WIRE-API part A as existing clients read it: strictly. Closed enums, required keys, never null where a key may only be absent.
 * Written from the contract's own tables, not from the server's schemas.
 *
 * @module
 */
import { Ajv } from "ajv";

const text = { type: "string" } as const;
const error = {
  type: "object",
  required: ["message", "category"],
  properties: {
    message: text,
    category: { enum: ["infrastructure", "execution", "auth", "user", "billing"] },
    code: { enum: ["internal-server-error", "script-process-crashed", "unexpected", "script-execution-exception", "script-no-valid-output-received", "result-too-big-error", "script-timeout", "script-unexpected-error", "auth-check-failed", "all-attempts-failed", "check-attempts-failed", "create-attempts-failed", "post-create-check-attempts-failed", "api-attempts-failed", "onepassword-integration-error", "job-run-terminated"] },
    retirable: { type: "boolean" },
    doc_url: text,
    correlation_id: text,
  },
} as const;
const reason = { type: "object", required: ["type", "message"], properties: { type: { enum: ["auth-session-validate-dependency-failed", "terminated", "job-run-paused", "job-run-terminated", "failed-to-initialize-job-run", "api-access-disabled", "cancelled-user-action"] }, message: text, doc_url: text } } as const;
const object = (status: string, required: readonly string[], properties: object) => ({ type: "object", required: ["status", ...required], properties: { ...properties, status: { const: status } } });

const nullable = (shape: object) => ({ anyOf: [shape, { type: "null" }] });
const configuration = { type: "object", required: ["requestTimeout"], properties: { retry: { type: "object" }, maxConcurrentRequests: { type: "number" }, requestTimeout: { type: "integer" } } } as const;
const payload = { type: "array", items: { type: "object", required: ["apiName", "parameters"], properties: { apiName: text, parameters: { type: "object" }, requestTimeout: { type: "integer" } } } } as const;
const proxyObject = { type: "object", required: ["version", "url"], properties: { version: { const: "v1" }, url: text } } as const;

const SHAPES = {
  runStarted: { type: "object", required: ["runId", "status"], properties: { runId: text, status: { const: "pending" } } },
  runResult: {
    type: "object",
    required: ["runId", "status"],
    properties: { runId: text, status: { enum: ["pending", "started", "completed", "canceled", "failed"] }, extendedPayloads: { type: "array", items: { type: "object", required: ["api"], properties: { api: text, runId: text, parameters: { type: "object" } } } }, error, reason, message: text },
  },
  authSession: { type: "object", required: ["id", "type", "status"], properties: { id: text, type: { enum: ["CREDENTIALS", "RECORDER", "RUNTIME"] }, status: { enum: ["PENDING", "READY", "EXPIRED"] } } },
  operationStarted: { type: "object", required: ["status", "operationId"], properties: { status: { const: "started" }, operationId: text } },
  validateStarted: { type: "object", required: ["status", "operationId"], properties: { status: { const: "pending" }, operationId: text } },
  operationResult: {
    anyOf: [object("done", ["authSessionId"], { authSessionId: text }), object("pending", [], {}), object("in_progress", ["runId"], { runId: text }), object("canceled", ["message", "reason"], { message: text, reason }), object("failed", ["message", "error"], { message: text, error })],
  },
  apiError: { type: "object", required: ["code", "category", "message", "retirable", "correlationId"], properties: { code: { enum: ["bad-request", "unauthorized", "not-found"] }, category: { const: "user" }, message: text, retirable: { type: "boolean" }, correlationId: text } },
  jobList: { type: "array", items: { type: "object", required: ["id", "workspace_id", "project_id", "configuration", "payload", "created_at", "state"], properties: { id: text, workspace_id: text, project_id: text, configuration, payload, sink: nullable({ type: "object" }), schedule: nullable({ type: "object" }), next_run_time: nullable(text), last_run_time: nullable(text), created_at: text, auth_session: nullable({ type: "object", required: ["id"] }), proxy: nullable(proxyObject), reason: nullable({ type: "object", required: ["type", "message"], properties: { type: { enum: ["paused", "terminated"] } } }), state: { enum: ["ACTIVE", "PAUSED"] }, schedule_id: nullable(text) } } },
  jobDetails: { type: "object", required: ["id", "configuration", "created_at", "state", "projectId"], properties: { id: text, configuration, payload, sink: nullable({ type: "object" }), created_at: text, next_run_time: nullable(text), last_run_time: nullable(text), state: { enum: ["ACTIVE", "PAUSED"] }, schedule: nullable({ type: "object" }), projectId: text, auth_session: nullable({ type: "object", required: ["id"] }), proxy: text } },
  jobRun: {
    type: "object",
    required: ["id", "start_time", "end_time", "workspace_id", "project_id", "job_id", "created_at", "updated_at", "type", "status", "payloads", "successful_runs", "failed_runs", "job_configuration_snapshot"],
    properties: {
      id: text, start_time: text, end_time: nullable(text), workspace_id: text, project_id: text, job_id: text, created_at: text, updated_at: text,
      type: { enum: ["MANUAL", "SCHEDULED"] },
      status: { enum: ["CANCELED", "PENDING", "PAUSED", "PAUSING", "RESUMING", "SUCCESS", "FAILURE", "TERMINATED", "COMPLETED"] },
      payloads: nullable({ type: "integer" }), successful_runs: nullable({ type: "integer" }), failed_runs: nullable({ type: "integer" }),
      error: nullable({ type: "object", required: ["message", "code", "category"] }),
      reason: nullable({ type: "object", required: ["type", "message"], properties: { type: { enum: ["terminated", "user-request", "auth-session-not-found", "auth-session-invalid-mid-job", "auth-session-validate-dependency-failed", "auth-session-locked", "another-job-run-active", "insufficient-resource-credits", "s3-sink-error"] } } }),
      job_configuration_snapshot: { type: "object", required: ["configuration"], properties: { configuration, proxy: nullable(proxyObject) } },
    },
  },
} as const;

const ajv = new Ajv({ strict: false, allErrors: true });

/** What keeps `value` from being such an answer; empty: nothing. */
export function mistakesIn(shape: keyof typeof SHAPES, value: unknown): readonly string[] {
  const validate = ajv.compile(SHAPES[shape]);
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}
