/** What a key may do, each including those before it. */
export const SCOPES = ["run", "manage", "deploy", "admin"] as const;
/** See {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** Who is signed in. */
export interface Session {
  readonly workspaceId: string;
  /** The key's name. */
  readonly name: string;
  readonly scope: Scope;
  /** The only project the key is good for; null: all of the workspace. */
  readonly project: string | null;
  readonly expiresAt: string;
}

/** A project of the workspace. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly liveDeploymentId: string | null;
  readonly createdAt: string;
}

/** Where a run stands, in the order of its life. */
export const RUN_STATUSES = ["pending", "started", "awaiting-input", "completed", "canceled", "failed"] as const;
/** See {@link RUN_STATUSES}. */
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What a run executes. */
export type RunKind = "api" | "auth-create" | "auth-update" | "auth-validate" | "auth-record" | "auth-import";

/** JSON Schema as deployments carry it: draft-07, made from TypeScript. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** A run as lists show it. Keys that do not apply are absent. */
export interface RunSummary {
  readonly runId: string;
  readonly deploymentId: string;
  readonly target: string;
  readonly kind: RunKind;
  readonly api?: string;
  readonly authSessionId?: string;
  readonly status: RunStatus;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly priority: number;
  readonly notBefore?: string;
  readonly timeoutMs: number;
  readonly maximumAttempts: number;
  readonly attempt: number;
  readonly origin: string;
  readonly retryOf?: string;
  readonly workerId?: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly cancelRequestedAt?: string;
  readonly errorCode?: string;
  readonly jobId?: string;
  readonly jobRunId?: string;
  readonly queueId?: string;
  readonly held: boolean;
}

/** A run's error in the contract's words; the stable code and the next step are in `details`. */
export interface RunError {
  readonly message: string;
  readonly category: string;
  readonly code?: string;
  readonly retirable: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An attempt's error as the runtime tells it. */
export interface AttemptError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly retriable: boolean;
  readonly where?: string;
}

/** How long a phase of an attempt took. */
export interface Phase {
  readonly name: string;
  readonly startedAt: string;
  readonly durationMs: number;
}

/** One try of a run. */
export interface Attempt {
  readonly number: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly phases: readonly Phase[];
  readonly error?: AttemptError;
  readonly proxy: Readonly<Record<string, unknown>> | null;
  readonly ladder: readonly string[];
  readonly failure?: { readonly url: string; readonly title: string; readonly screenshot: string | null };
  readonly trace?: string;
}

/** A run with everything known of it. */
export interface RunDetails extends RunSummary {
  readonly result?: unknown;
  readonly error?: RunError;
  readonly attempts: readonly Attempt[];
  readonly files: readonly string[];
  readonly losses: readonly Readonly<Record<string, unknown>>[];
  readonly durationMs?: number;
  readonly authSession?: { readonly id: string; readonly recreated: boolean };
  readonly extendedPayloads?: readonly { readonly api: string; readonly parameters?: Readonly<Record<string, unknown>>; readonly runId?: string }[];
}

/** What happens in a run, as its stream tells it. */
export type RunEvent =
  | { readonly type: "run-started"; readonly at: string; readonly runId: string; readonly target: string }
  | { readonly type: "attempt-started"; readonly at: string; readonly attempt: number; readonly of: number }
  | { readonly type: "phase-started"; readonly at: string; readonly attempt: number; readonly phase: string }
  | { readonly type: "phase-ended"; readonly at: string; readonly attempt: number; readonly phase: string; readonly durationMs: number; readonly ok: boolean }
  | LogEvent
  | { readonly type: "prompt"; readonly at: string; readonly attempt: number; readonly question: PromptQuestion }
  | { readonly type: "prompt-answered"; readonly at: string; readonly attempt: number }
  | { readonly type: "attempt-ended"; readonly at: string; readonly attempt: number; readonly error?: AttemptError; readonly durationMs: number }
  | { readonly type: "run-ended"; readonly at: string; readonly status: RunStatus; readonly durationMs: number };

/** A line of a run's log. */
export interface LogEvent {
  readonly type: "log";
  readonly at: string;
  readonly attempt: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly source: "author" | "runtime" | "page";
  readonly message: string;
}

/** A question to a human. */
export interface PromptQuestion {
  readonly kind: "text" | "choice";
  readonly message: string;
  readonly choices?: readonly string[];
  /** Whether the answer must not be shown while it is typed. */
  readonly secret: boolean;
}

/** A question that a run asks, with where it stands. */
export interface Prompt {
  readonly id: string;
  readonly runId: string;
  readonly authSessionId: string | null;
  readonly question: PromptQuestion;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly status: "open" | "answered" | "expired";
}

/** A file that a run left. */
export interface Artifact {
  /** Its path below the run, such as `files/report.pdf`. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** The live deployment of a project. */
export interface LiveDeployment {
  readonly id: string;
  readonly contentHash: string;
  readonly authSessions: { readonly enabled: boolean; readonly type: "credentials" | "recorded"; readonly mode: "exclusive" | "shared"; readonly checkEveryMs: number | null };
  /** APIs, and what logs in. */
  readonly targets: readonly DeploymentTarget[];
  /** Sample parameters by API and by the sample's name. */
  readonly samples: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** Something of a project that takes parameters. */
export interface DeploymentTarget {
  readonly name: string;
  readonly source: string;
  readonly parameterSchema: JsonSchema | null;
}

/** An auth session; never its secrets. */
export interface AuthSession {
  readonly id: string;
  readonly type: "CREDENTIALS" | "RECORDER" | "RUNTIME";
  readonly status: "PENDING" | "READY" | "EXPIRED";
  /** Absent while it is created for the first time. */
  readonly details?: AuthSessionDetails;
  /** Only when one is read. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What is known of an auth session beside the contract. */
export interface AuthSessionDetails {
  readonly status: "ready" | "expired" | "needs-attention";
  readonly type: "credentials" | "recorded" | "imported";
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly loggedInAt: string;
  readonly lastCheckAt: string | null;
  readonly lastUsedAt: string | null;
  /** Failed logins in a row; at three the breaker opens. */
  readonly failedLogins: number;
  readonly lastError: { readonly code: string; readonly message: string } | null;
  /** With `***` for its credentials. */
  readonly proxy: string | null;
  readonly losses: readonly Readonly<Record<string, unknown>>[];
  readonly counts: { readonly cookies: number; readonly origins: number };
}

/** A machine's process that runs attempts. */
export interface Worker {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly slots: number;
  readonly busy: number;
  readonly memoryBytes: number;
  readonly state: "running" | "draining" | "lost";
  readonly startedAt: string;
  readonly seenAt: string;
}

/** One result on its way to a sink. */
export interface Delivery {
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly status: "pending" | "delivered" | "failed";
  readonly runId?: string;
  readonly jobRunId?: string;
  readonly attempts: number;
  readonly lastError?: string;
  readonly createdAt: string;
}

/** A job as lists show it. */
export interface JobSummary {
  readonly id: string;
  readonly state: "ACTIVE" | "PAUSED";
  readonly reason?: { readonly type: string; readonly message: string; readonly timestamp?: string } | null;
  readonly next_run_time: string | null;
  readonly last_run_time: string | null;
}
