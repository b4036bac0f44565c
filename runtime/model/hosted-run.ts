import type { ErrorBody } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { AttemptRecord, RunEvent, RunOutcome, RunTarget } from "./run.ts";
import type { Sink } from "./sink.ts";

/** Where a run stands on a hosted runtime. `pending`: waits for a slot, or for its next attempt. */
export type HostedRunStatus = "pending" | "started" | "awaiting-input" | "completed" | "canceled" | "failed";

/** All of them, in the order of a run's life. */
export const HOSTED_RUN_STATUSES = ["pending", "started", "awaiting-input", "completed", "canceled", "failed"] as const satisfies readonly HostedRunStatus[];

/** Whether nothing happens to a run of that status any more. */
export function hasEnded(status: HostedRunStatus): boolean {
  return status === "completed" || status === "canceled" || status === "failed";
}

/** What a run was asked for with: sealed at rest. */
export interface SealedRequest {
  readonly target: RunTarget;
  readonly parameters: JsonObject;
  readonly proxyUrl: string | null;
  readonly sink: Sink | null;
}

/** A run that is to be started. */
export interface NewRun {
  readonly runId: string;
  readonly workspaceId: string;
  readonly projectId: string;
  readonly deploymentId: string;
  readonly request: SealedRequest;
  /** `api orders/list`: what people read. */
  readonly target: string;
  readonly kind: RunTarget["kind"];
  readonly api: string | null;
  readonly authSessionId: string | null;
  /** Runs with the same key never run at the same time; null: no such limit. */
  readonly exclusiveKey: string | null;
  /** Parameters without secrets. */
  readonly shownParameters: JsonObject;
  readonly timeoutMs: number;
  readonly maximumAttempts: number;
  readonly trace: boolean;
  /** Higher ones first. Default 0. */
  readonly priority: number;
  /** ISO 8601; null: at once. */
  readonly notBefore: string | null;
  readonly idempotencyKey: string | null;
  /** What the request said. Secret; only a keyed fingerprint of it is kept: the same idempotency key with another request is refused. */
  readonly requestText: string;
  /** Who or what asked: a key's name, `check` for a proactive check. */
  readonly origin: string;
  readonly retryOf: string | null;
  /** W3C trace context of the request; null: not traced. */
  readonly traceparent: string | null;
}

/** A run as it is kept, without what is sealed. */
export interface HostedRun {
  readonly runId: string;
  readonly workspaceId: string;
  readonly projectId: string;
  readonly deploymentId: string;
  readonly target: string;
  readonly kind: RunTarget["kind"];
  readonly api: string | null;
  readonly authSessionId: string | null;
  readonly status: HostedRunStatus;
  readonly parameters: JsonObject;
  readonly priority: number;
  readonly notBefore: string | null;
  readonly timeoutMs: number;
  readonly maximumAttempts: number;
  /** Attempts that were begun. */
  readonly attempt: number;
  readonly origin: string;
  readonly retryOf: string | null;
  readonly workerId: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly cancelRequestedAt: string | null;
  readonly errorCode: string | null;
  /** What it is a run of; null: of none. */
  readonly jobId: string | null;
  readonly jobRunId: string | null;
  readonly queueId: string | null;
  /** Whether it waits for its turn in its job run or queue: no worker gets it yet. */
  readonly held: boolean;
}

/** A run with what became of it. */
export interface EndedRun extends HostedRun {
  readonly result?: JsonValue;
  readonly error: ErrorBody | null;
  readonly attempts: readonly AttemptRecord[];
  readonly outcome: Omit<RunOutcome, "result" | "error" | "attempts"> | null;
}

/** A run that a worker may start now. */
export interface ClaimedRun {
  readonly run: HostedRun;
  readonly request: SealedRequest;
  readonly trace: boolean;
  readonly earlierAttempts: readonly AttemptRecord[];
  readonly traceparent: string | null;
  /** What the engine knows this delivery by: a later one makes it void. */
  readonly delivery: number;
}

/** What a list of runs is narrowed by. */
export interface RunFilter {
  readonly status?: HostedRunStatus;
  readonly api?: string;
  readonly authSessionId?: string;
  readonly jobRunId?: string;
  readonly queueId?: string;
  /** ISO 8601, inclusive. */
  readonly since?: string;
  /** ISO 8601, exclusive. */
  readonly until?: string;
  /** The id of the last run of the page before. */
  readonly cursor?: string;
  readonly limit: number;
}

/** An event with its place in the stream of its run. */
export interface StoredEvent {
  /** Grows within a run: what a client resumes after. */
  readonly id: string;
  readonly event: RunEvent;
}

/** A question that a run asks a human. */
export interface StoredPrompt {
  readonly id: string;
  readonly runId: string;
  readonly authSessionId: string | null;
  readonly question: JsonObject;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly status: "open" | "answered" | "expired";
}

/** A file that a run left. */
export interface StoredArtifact {
  /** Its path below the run, such as `files/report.pdf`. */
  readonly name: string;
  readonly sizeBytes: number;
}
