import type { JsonObject } from "./json.ts";
import type { RunOutcome } from "./run.ts";

/** What a sink is told of. */
export interface SinkSubject {
  readonly runId: string;
  readonly workspaceId: string;
  readonly project: { readonly id: string; readonly name: string };
  readonly apiName: string;
  readonly authSessionId: string | null;
  /** Without secrets. */
  readonly parameters: JsonObject;
  readonly outcome: Pick<RunOutcome, "status" | "result" | "error">;
  readonly jobId: string | null;
  readonly jobRunId: string | null;
  readonly queueId: string | null;
}

/** HTTP-like codes that existing receivers read (WIRE-API 4.11). */
export const OUTCOME_STATUS_CODES = { completed: 200, failed: 500, canceled: 499 } as const;

/** The body that a sink gets for a run, in the fixed form of WIRE-API 4.11. */
export function sinkBody({ runId, workspaceId, project, apiName, authSessionId, parameters, outcome, jobId, jobRunId, queueId }: SinkSubject): JsonObject {
  const statusCode = OUTCOME_STATUS_CODES[outcome.status];
  const result: JsonObject = outcome.status === "completed" ? { status: "completed", result: outcome.result ?? null, statusCode } : { status: "failed", error: outcome.error?.code ?? "INTERNAL", message: outcome.error?.message ?? "", statusCode };
  return {
    apiInfo: { name: apiName, runId, parameters, result },
    workspaceId,
    project: { id: project.id, name: project.name },
    ...(authSessionId !== null && { authSession: { id: authSessionId } }),
    ...(jobId !== null && { projectJob: { id: jobId } }),
    ...(jobRunId !== null && { projectJobRun: { id: jobRunId } }),
    ...(queueId !== null && { projectQueue: { id: queueId } }),
  };
}
