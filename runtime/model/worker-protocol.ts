import type { ErrorBody } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { ExtendedPayload, PromptQuestion } from "./run.ts";

/** File descriptor of the child's relayed CDP connection: JSON messages that end with a NUL byte, like Chrome's own pipe. */
export const CDP_FD = 4;

/**
 * Written by both sides when the child gets a new connection: what came before it on the same descriptor
 * belongs to the old one and is dropped.
 */
export const NEW_CONNECTION = "new connection";

/** Gives the child a connection to Chrome, and what belongs to the whole attempt. */
export interface AttachMessage {
  readonly type: "attach";
  readonly runInfo: RunInfo;
  readonly plugins: readonly { readonly name: string; readonly options: JsonObject }[];
  readonly projectDir: string;
  readonly viewport: { readonly width: number; readonly height: number };
  /** Where saveFile() and downloads go. */
  readonly filesDir: string;
  /** The project's own environment variables. Secret. */
  readonly env: Readonly<Record<string, string>>;
  /** The persistent store's file; null: the parent keeps it. */
  readonly storeFile: string | null;
  /** The auth session's stored parameters, for getAuthSessionParameters(); null without one. */
  readonly authSessionParameters: JsonObject | null;
}

/** What runInfo() gives an author. */
export interface RunInfo {
  readonly runId: string;
  readonly attempt: number;
  readonly target: string;
  readonly authSessionId: string | null;
  readonly jobId: string | null;
  readonly jobRunId: string | null;
  readonly queueId: string | null;
  readonly environment: "local" | "hosted";
}

/** Call one function of the project. */
export interface CallMessage {
  readonly type: "call";
  readonly callId: number;
  readonly kind: "api" | "create" | "check";
  /** ES module to import. */
  readonly module: string;
  /** The source's name in messages, such as `api/orders/list.ts`. */
  readonly source: string;
  readonly parameters: JsonObject;
  /** Chrome's ids of the context and of the page that are handed over. */
  readonly contextId: string;
  readonly targetId: string;
  /** The module of `hooks/setupContext`, for APIs. */
  readonly setupContext: string | null;
  readonly apiName: string;
}

/** Answers a prompt of the child. */
export interface AnswerMessage {
  readonly type: "answer";
  readonly promptId: number;
  readonly value?: string;
  readonly error?: ErrorBody;
}

/** Asks the child to end: the first step of the ladder. */
export interface EndMessage {
  readonly type: "end";
}

/** Answers a question to the persistent store. */
export interface ValuesAnswer {
  readonly type: "values-answer";
  readonly requestId: number;
  readonly value?: JsonValue;
  readonly error?: string;
}

/** A question to the persistent store that the parent keeps. */
export interface ValuesRequest {
  readonly type: "values";
  readonly requestId: number;
  readonly operation: "get" | "set" | "delete" | "list";
  /** The key; of a list the prefix. */
  readonly key: string;
  readonly value?: JsonValue;
}

/** Parent to child. */
export type ToChild = AttachMessage | CallMessage | AnswerMessage | ValuesAnswer | EndMessage;

/** Child to parent. */
export type FromChild =
  | { readonly type: "ready" }
  | { readonly type: "attached" }
  | { readonly type: "returned"; readonly callId: number; readonly value: JsonValue }
  | { readonly type: "threw"; readonly callId: number; readonly error: ErrorBody }
  | { readonly type: "log"; readonly level: "debug" | "info" | "warn" | "error"; readonly message: string }
  | { readonly type: "prompt"; readonly promptId: number; readonly question: PromptQuestion }
  | { readonly type: "extend-timeout" }
  | { readonly type: "extend-payload"; readonly payloads: readonly ExtendedPayload[] }
  | ValuesRequest
  | { readonly type: "file"; readonly name: string };
