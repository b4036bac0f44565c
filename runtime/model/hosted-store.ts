import type { AuthSessionStore } from "./auth-session.ts";
import type { Deployment, Manifest } from "./deployment.ts";
import type { LatchkeyError } from "./errors.ts";
import type { ClaimedRun, EndedRun, HostedRun, NewRun, RunFilter, StoredArtifact, StoredEvent, StoredPrompt } from "./hosted-run.ts";
import type { HostedProject } from "./hosted-project.ts";
import type { HostedJobs } from "./job.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { KeySummary, Principal, Scope } from "./principal.ts";
import type { HostedLive } from "./live.ts";
import type { HostedQueues } from "./queue.ts";
import type { HostedRecordings } from "./recording.ts";
import type { PromptQuestion, RunEvent, RunOutcome } from "./run.ts";
import type { SignalListener } from "./signals.ts";
import type { Sink } from "./sink.ts";

/** Runs: their rows, and the engine's jobs that belong to them. */
export interface HostedRuns {
  /**
   * Records the run and hands it to the engine, in one transaction.
   *
   * @returns the run, and whether it is new: the same idempotency key and request give the run that was started before.
   * @throws LatchkeyError `IDEMPOTENCY_CONFLICT`.
   */
  start(run: NewRun): Promise<{ readonly run: HostedRun; readonly isNew: boolean }>;
  /** Null: no such run in the project. */
  get(projectId: string, runId: string): Promise<EndedRun | null>;
  /** Newest first. */
  list(projectId: string, filter: RunFilter): Promise<readonly HostedRun[]>;
  /** The request of a run, for starting it again. @throws LatchkeyError `RUN_NOT_FOUND`, `SEAL_KEY_MISMATCH` */
  requestOf(projectId: string, runId: string): Promise<ClaimedRun>;
  /** Whether a run of the project was started with that idempotency key. */
  isKeyUsed(projectId: string, key: string): Promise<boolean>;
  /** Ids of auth sessions that are being created at this moment. */
  creating(projectId: string): Promise<readonly string[]>;
  /** Cancels a waiting run at once, and asks the worker of one that goes on. @throws LatchkeyError `RUN_NOT_FOUND`, `RUN_ENDED` */
  cancel(projectId: string, runId: string): Promise<HostedRun>;
  /** Projects that have something a worker might start. */
  waitingProjects(): Promise<readonly string[]>;
  /** The next run of a project, when its limits leave room for one. */
  claim(projectId: string, workerId: string): Promise<ClaimedRun | null>;
  /** Records what became of an attempt's run. False: another worker has it by now, so this outcome is void. */
  finish(claimed: ClaimedRun, outcome: RunOutcome, last: readonly RunEvent[]): Promise<boolean>;
  /** Records a failed attempt that will be tried again. False: void, as above. */
  retryLater(claimed: ClaimedRun, outcome: RunOutcome): Promise<boolean>;
  /** Gives a run back that was not its code's fault to end; the attempt does not count. */
  handBack(claimed: ClaimedRun): Promise<boolean>;
  /** Makes ready for others what a worker had, which is known to have ended. */
  giveUp(workerId: string): Promise<void>;
  /** Tells the engine that these are alive. */
  touch(claimed: readonly ClaimedRun[]): Promise<void>;
  /** Which of these were asked to be canceled. */
  canceled(runIds: readonly string[]): Promise<readonly string[]>;
  setAwaitingInput(claimed: ClaimedRun, awaiting: boolean): Promise<void>;
  /** Numbers by status, for metrics; `ready` waits for nothing but a slot. */
  counts(): Promise<readonly { readonly project: string; readonly status: string; readonly count: number }[]>;
  readyCount(): Promise<number>;
  /** Payloads of jobs and items of queues that were not released yet. */
  heldCounts(): Promise<readonly { readonly project: string; readonly of: "job" | "queue"; readonly count: number }[]>;
  /** How runs of each project ended since the runtime was set up, or as far back as runs are kept. */
  endings(sinceMs: number): Promise<readonly { readonly project: string; readonly status: string; readonly errorCode: string; readonly count: number }[]>;
}

/** What happens in runs. */
export interface HostedEvents {
  append(runId: string, events: readonly RunEvent[]): Promise<void>;
  /** In order; `after`: the id of the last event that is known. */
  list(runId: string, options: { readonly after: string | null; readonly limit: number }): Promise<readonly StoredEvent[]>;
}

/** Questions to humans. */
export interface HostedPrompts {
  ask(runId: string, question: PromptQuestion, timeoutMs: number): Promise<string>;
  /** Null: not answered yet. */
  answerOf(promptId: string): Promise<string | null>;
  close(promptId: string): Promise<void>;
  /** @throws LatchkeyError `PROMPT_NOT_FOUND`, `PROMPT_CLOSED` */
  answer(runId: string, promptId: string, value: string): Promise<void>;
  ofRun(runId: string): Promise<readonly StoredPrompt[]>;
  open(projectId: string): Promise<readonly StoredPrompt[]>;
}

/** Names of files that runs left. The files are in the artifact store. */
export interface HostedArtifacts {
  add(runId: string, artifact: StoredArtifact): Promise<void>;
  list(runId: string): Promise<readonly StoredArtifact[]>;
}

/** Projects, deployments, environment variables. */
export interface HostedProjects {
  list(workspaceId: string): Promise<readonly HostedProject[]>;
  byName(workspaceId: string, name: string): Promise<HostedProject | null>;
  get(projectId: string): Promise<HostedProject | null>;
  /** @throws LatchkeyError `PROJECT_EXISTS` */
  create(workspaceId: string, name: string): Promise<HostedProject>;
  /** Adds it, or gives the one of the same content. */
  addDeployment(projectId: string, manifest: Manifest, archive: Buffer, createdBy: string): Promise<{ readonly id: string; readonly isNew: boolean }>;
  deployments(projectId: string): Promise<readonly Deployment[]>;
  /** Makes it the live one, at once for all workers. @throws LatchkeyError `DEPLOYMENT_NOT_FOUND` */
  activate(projectId: string, deploymentId: string): Promise<void>;
  /** @throws LatchkeyError `DEPLOYMENT_NOT_FOUND` */
  manifest(projectId: string, deploymentId: string): Promise<Manifest>;
  archive(projectId: string, deploymentId: string): Promise<Buffer>;
  env(projectId: string): Promise<Readonly<Record<string, string>>>;
  envNames(projectId: string): Promise<readonly { readonly name: string; readonly updatedAt: string }[]>;
  setEnv(projectId: string, name: string, value: string): Promise<void>;
  /** False: was not there. */
  deleteEnv(projectId: string, name: string): Promise<boolean>;
}

/** The author's persistent store, shared by all workers. */
export interface HostedValues {
  get(projectId: string, key: string): Promise<JsonValue | undefined>;
  set(projectId: string, key: string, value: JsonValue): Promise<void>;
  delete(projectId: string, key: string): Promise<boolean>;
  list(projectId: string, prefix: string): Promise<readonly string[]>;
}

/** One line of an auth session's history. */
export interface HistoryEntry {
  readonly at: string;
  readonly event: "created" | "logged-in" | "checked" | "state-saved" | "failed" | "needs-attention" | "changed" | "exported" | "deleted";
  readonly details: JsonObject;
}

/** What can be changed of an auth session without logging in. */
export interface AuthSessionChange {
  readonly checkEveryMs?: number | null;
  readonly mode?: "exclusive" | "shared" | null;
}

/** Auth sessions of all projects. */
export interface HostedAuthSessions {
  of(project: HostedProject): AuthSessionStore;
  options(projectId: string, id: string): Promise<{ readonly checkEveryMs: number | null; readonly mode: "exclusive" | "shared" | null }>;
  change(projectId: string, id: string, change: AuthSessionChange): Promise<void>;
  note(projectId: string, id: string, event: HistoryEntry["event"], details: JsonObject): Promise<void>;
  history(projectId: string, id: string): Promise<readonly HistoryEntry[]>;
  /** Sessions whose check is due, each given to one caller only; their next check is set to `now + checkEveryMs`. */
  takeDueChecks(limit: number): Promise<readonly { readonly project: HostedProject; readonly id: string }[]>;
}

/** API keys. */
export interface HostedKeys {
  /** The principal of a key; null: unknown, expired or revoked. */
  find(key: string): Promise<Principal | null>;
  /** @returns the key itself too, which is never shown again. */
  create(options: { readonly workspaceId: string; readonly projectId: string | null; readonly name: string; readonly scope: Scope; readonly expiresAt: string | null }): Promise<{ readonly key: string; readonly summary: KeySummary }>;
  list(workspaceId: string): Promise<readonly KeySummary[]>;
  /** @throws LatchkeyError `KEY_NOT_FOUND`, `LAST_ADMIN_KEY` */
  revoke(workspaceId: string, id: string): Promise<void>;
}

/** Somebody who is signed in to the dashboard. */
export interface DashboardSession {
  readonly principal: Principal;
  /** Name of the only project its key is good for; null: all of the workspace. */
  readonly project: string | null;
  readonly expiresAt: string;
}

/** Browsers that are signed in to the dashboard. */
export interface HostedDashboardSessions {
  /** @returns what the browser's cookie holds; it is nowhere else. Ends with its key, if that ends earlier. */
  start(keyId: string, expiresAt: string): Promise<string>;
  /** Null: unknown, over, or its key is no longer valid. */
  find(token: string): Promise<DashboardSession | null>;
  end(token: string): Promise<void>;
}

/** A line of the audit log. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: JsonObject;
}

/** Who changed or revealed what. */
export interface HostedAudit {
  note(workspaceId: string, entry: Pick<AuditEntry, "actor" | "action" | "subject"> & { readonly details?: JsonObject }): Promise<void>;
  list(workspaceId: string, page: { readonly cursor?: string; readonly limit: number }): Promise<readonly AuditEntry[]>;
}

/** A worker as others see it. */
export interface WorkerSummary {
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

/** The machines' processes that run attempts. */
export interface HostedWorkers {
  register(worker: { readonly id: string; readonly host: string; readonly pid: number; readonly version: string; readonly slots: number }): Promise<void>;
  seen(id: string, now: { readonly busy: number; readonly memoryBytes: number; readonly state: "running" | "draining" }): Promise<void>;
  remove(id: string): Promise<void>;
  list(): Promise<readonly WorkerSummary[]>;
}

/** A result that is to be delivered. */
export interface PendingDelivery {
  readonly id: string;
  /** `run`, `job-run`, `needs-attention`. */
  readonly kind: string;
  /** Where it goes, without secrets; deliveries to the same place share it. */
  readonly target: string;
  readonly sink: Sink;
  /** The object's name below the sink's prefix; webhooks have none. */
  readonly name: string;
  readonly body: JsonObject;
  readonly projectId: string | null;
  readonly jobRunId: string | null;
  readonly attempts: number;
  /** What a webhook is signed with, newest first. */
  readonly secrets: readonly string[];
}

/** A delivery as it is listed. */
export interface StoredDelivery {
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly runId: string | null;
  readonly jobRunId: string | null;
  /** `failed`: given up, until somebody replays it. */
  readonly status: "pending" | "delivered" | "failed";
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly lastAttemptAt: string | null;
  readonly deliveredAt: string | null;
  readonly failedAt: string | null;
  readonly givesUpAt: string;
}

/** What a list of deliveries is narrowed by. */
export interface DeliveryFilter {
  readonly status?: StoredDelivery["status"];
  readonly runId?: string;
  readonly jobRunId?: string;
  readonly cursor?: string;
  readonly limit: number;
}

/** A delivery that was given to the caller alone. */
export interface TakenDelivery {
  readonly delivery: PendingDelivery;
  /** Tells the engine what became of it. */
  settle(error: LatchkeyError | null): Promise<void>;
  /** To be called every few seconds by whoever takes long. */
  keepAlive(): Promise<void>;
}

/** Results on their way to sinks. */
export interface HostedDeliveries {
  /** The next one that is due and goes to none of those targets; `gone`: it was there no more, ask again; null: none is due. */
  take(busyTargets: readonly string[]): Promise<TakenDelivery | "gone" | null>;
  /** Newest first. */
  list(projectId: string, filter: DeliveryFilter): Promise<readonly StoredDelivery[]>;
  /** @throws LatchkeyError `DELIVERY_NOT_FOUND` */
  get(projectId: string, id: string): Promise<StoredDelivery & { readonly body: JsonObject }>;
  /** Delivers again what was delivered or given up, under the same id. @throws LatchkeyError `DELIVERY_NOT_FOUND`, `DELIVERY_PENDING` */
  replay(projectId: string, id: string): Promise<StoredDelivery>;
  counts(): Promise<{ readonly pending: number; readonly failed: number }>;
}

/** Secrets that webhooks are signed with. */
export interface HostedSigning {
  /** The newest one, made when there is none. */
  current(projectId: string): Promise<{ readonly secret: string; readonly createdAt: string }>;
  /** Makes a new one; webhooks carry a signature of the old one too for a day. */
  rotate(projectId: string): Promise<{ readonly secret: string; readonly createdAt: string }>;
}

/** Everything a hosted runtime keeps. */
export interface HostedStore extends AsyncDisposable {
  readonly runs: HostedRuns;
  readonly events: HostedEvents;
  readonly prompts: HostedPrompts;
  readonly artifacts: HostedArtifacts;
  readonly projects: HostedProjects;
  readonly values: HostedValues;
  readonly authSessions: HostedAuthSessions;
  readonly keys: HostedKeys;
  readonly dashboardSessions: HostedDashboardSessions;
  readonly audit: HostedAudit;
  readonly workers: HostedWorkers;
  readonly deliveries: HostedDeliveries;
  readonly signing: HostedSigning;
  readonly jobs: HostedJobs;
  readonly queues: HostedQueues;
  readonly live: HostedLive;
  readonly recordings: HostedRecordings;
  readonly signals: SignalListener;
  /** The workspace of a fresh runtime, made when there is none. */
  defaultWorkspace(): Promise<{ readonly id: string; readonly isNew: boolean }>;
  /** Whether the database answers. @throws LatchkeyError `STORE_UNAVAILABLE` */
  ping(): Promise<void>;
  /** A keyed fingerprint: only this runtime can make it. */
  sign(text: string): string;
  /** Removes what is older than its retention. @returns runs whose artifacts are to be removed. */
  sweep(retention: Retention): Promise<readonly string[]>;
  /** Wraps every sealed record's key with the newest key. @returns how many. */
  rewrapAll(): Promise<number>;
}

/** How long things are kept, in days; 0: for ever. */
export interface Retention {
  readonly runDays: number;
  readonly auditDays: number;
}
