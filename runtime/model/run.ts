import type { AuthSessionSummary } from "./auth-session.ts";
import type { ErrorBody } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { ProxyReport } from "./proxy.ts";
import type { StateLoss, StorageState } from "./storage-state.ts";

/** What a run executes. Operations on auth sessions are runs like any other. */
export type RunTarget =
  | { readonly kind: "api"; readonly name: string; readonly authSessionId: string | null; readonly check: boolean; readonly autoRecreate: boolean; readonly limits?: AuthLimits; /** Parameters of a login for this run alone, which is not kept. */ readonly runtimeInput?: JsonObject }
  | { readonly kind: "auth-create"; readonly id: string; readonly limits?: AuthLimits }
  | { readonly kind: "auth-update"; readonly id: string; readonly keepParameters: boolean; readonly keepProxy: boolean; readonly limits?: AuthLimits }
  | { readonly kind: "auth-validate"; readonly id: string; readonly autoRecreate: boolean; readonly limits?: AuthLimits }
  | { readonly kind: "auth-record"; readonly id: string; readonly startUrl: string; readonly finish: FinishCondition }
  | { readonly kind: "auth-import"; readonly id: string; readonly state: StorageState };

/** How often logging in and checking are tried; absent: as the settings say. */
export interface AuthLimits {
  readonly createAttempts?: number;
  readonly checkAttempts?: number;
}

/** When a recording is done. With neither key a person says so. */
export interface FinishCondition {
  readonly urlStartsWith?: string;
  readonly selector?: string;
}

/** A request to execute something. */
export interface RunRequest {
  readonly runId: string;
  readonly target: RunTarget;
  readonly parameters: JsonObject;
  /** Secret. Null: none given (an auth session's own proxy counts then). */
  readonly proxyUrl: string | null;
  /** Per attempt, in milliseconds. */
  readonly timeoutMs: number;
  readonly maximumAttempts: number;
  readonly trace: boolean;
  readonly headful: boolean;
  /** What it is a run of; absent: it stands alone. */
  readonly partOf?: { readonly jobId: string | null; readonly jobRunId: string | null; readonly queueId: string | null };
  /** Present: the caller makes further attempts, and this is only the next one. */
  readonly continued?: { readonly number: number; readonly earlier: readonly AttemptRecord[] };
}

/** How a run ended. */
export type RunStatus = "completed" | "failed" | "canceled";

/** What became of a run. */
export interface RunOutcome {
  readonly runId: string;
  readonly status: RunStatus;
  /** Only when completed. An API's return value; null for other targets. */
  readonly result?: JsonValue;
  /** Only when not completed. */
  readonly error?: ErrorBody;
  readonly attempts: readonly AttemptRecord[];
  readonly durationMs: number;
  readonly startedAt: string;
  /** Present when the run had an auth session. */
  readonly authSession?: { readonly id: string; readonly recreated: boolean };
  readonly extendedPayloads?: readonly ExtendedPayload[];
  /** Files saved with saveFile() and downloads, relative to the run's folder. */
  readonly files: readonly string[];
  readonly summary?: AuthSessionSummary;
  /** What of the login could not be captured or restored. */
  readonly losses: readonly StateLoss[];
  /** True: another attempt may help and is left, and it is the caller's to make. */
  readonly mayRetry?: boolean;
}

/** One try of a run. */
export interface AttemptRecord {
  readonly number: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly phases: readonly PhaseRecord[];
  readonly error?: ErrorBody;
  readonly proxy: ProxyReport | null;
  /** Each step of ending the child that was needed: `asked`, `SIGTERM`, `SIGKILL`. */
  readonly ladder: readonly string[];
  /** Where the page was when it failed. */
  readonly failure?: { readonly url: string; readonly title: string; readonly screenshot: string | null };
  /** Folder of the trace, relative to the run's folder. */
  readonly trace?: string;
}

/** The phases of an attempt, in their order. */
export type PhaseName = "compile" | "browser" | "restore" | "check" | "create" | "verify" | "api" | "record" | "capture" | "save";

/** How long a phase took. */
export interface PhaseRecord {
  readonly name: PhaseName;
  readonly startedAt: string;
  readonly durationMs: number;
}

/** An item that author code added with extendPayload(). */
export interface ExtendedPayload {
  readonly api: string;
  readonly parameters: JsonObject;
  /** The run it became; absent where it became none. */
  readonly runId?: string;
}

/** A question to a human. */
export interface PromptQuestion {
  readonly kind: "text" | "choice";
  readonly message: string;
  /** Only of a choice. */
  readonly choices?: readonly string[];
  /** Whether the answer must not be shown while it is typed. */
  readonly secret: boolean;
}

/** Asks a human. Rejects with `PROMPT_TIMED_OUT` when nobody answers, or nobody can. */
export type AskHuman = (question: PromptQuestion, signal: AbortSignal) => Promise<string>;

/** What happens in a run. Observers only read it. */
export type RunEvent =
  | { readonly type: "run-started"; readonly at: string; readonly runId: string; readonly target: string }
  | { readonly type: "attempt-started"; readonly at: string; readonly attempt: number; readonly of: number }
  | { readonly type: "phase-started"; readonly at: string; readonly attempt: number; readonly phase: PhaseName }
  | { readonly type: "phase-ended"; readonly at: string; readonly attempt: number; readonly phase: PhaseName; readonly durationMs: number; readonly ok: boolean }
  | { readonly type: "log"; readonly at: string; readonly attempt: number; readonly level: "debug" | "info" | "warn" | "error"; readonly source: "author" | "runtime" | "page"; readonly message: string }
  | { readonly type: "prompt"; readonly at: string; readonly attempt: number; readonly question: PromptQuestion }
  | { readonly type: "prompt-answered"; readonly at: string; readonly attempt: number }
  | { readonly type: "attempt-ended"; readonly at: string; readonly attempt: number; readonly error?: ErrorBody; readonly durationMs: number }
  | { readonly type: "run-ended"; readonly at: string; readonly status: RunStatus; readonly durationMs: number };

/** Receives events, already redacted. Must not throw. */
export type Observe = (event: RunEvent) => void;

/** A run as it is kept: request without secrets, outcome when it ended. */
export interface RunRecord {
  readonly runId: string;
  readonly target: string;
  readonly parameters: JsonObject;
  readonly startedAt: string;
  /** `running` until there is an outcome; shown as `lost` when its process is gone. */
  readonly status: RunStatus | "running" | "lost" | "pending" | "awaiting-input";
  /** The process that runs it. */
  readonly pid: number;
  readonly outcome?: RunOutcome;
  /** What a list shows of the outcome, where the whole of it is not at hand. */
  readonly ended?: { readonly durationMs: number; readonly attempts: number; readonly errorCode?: string };
}

/** Where runs are kept. */
export interface RunStore {
  /** Makes the run's folder and first record; gives the folder's absolute path. */
  begin(record: RunRecord): Promise<string>;
  /** Appends to the run's log. Synchronous, so that nothing is lost when the process ends. */
  append(runId: string, event: RunEvent): void;
  end(record: RunRecord): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly RunRecord[]>;
  /** By whole id, unique prefix, or `last`. */
  find(idOrPrefix: string): Promise<RunRecord | null>;
  events(runId: string): Promise<readonly RunEvent[]>;
  folder(runId: string): string;
}
