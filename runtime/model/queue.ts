import type { HostedRun } from "./hosted-run.ts";
import type { HostedProject } from "./hosted-project.ts";
import type { JsonObject } from "./json.ts";
import type { ResourceOrigin, Retry, StandstillReason } from "./job.ts";
import type { QueueHours } from "./schedule.ts";
import type { WireSink } from "./sink.ts";

/** How a queue works through its items (WIRE-API 4.12). Durations: milliseconds, or text such as `1h`. */
export interface QueueConfiguration extends QueueHours {
  readonly runMode?: "Default";
  readonly retry?: Retry;
  /** All of them hold together; items are counted when their first attempt begins. */
  readonly rateLimits?: readonly { readonly limit: number; readonly duration: number | string }[];
  readonly randomWait?: { readonly min: number | string; readonly max: number | string };
  /** Ours. One after the other. Default true. */
  readonly ordered?: boolean;
  /** Ours. More than 1 needs `ordered: false`. Default 1. */
  readonly maxConcurrentRequests?: number;
  /** Ours. Seconds for each attempt. Default 600. */
  readonly requestTimeout?: number;
  /** Ours. Default true. */
  readonly saveTrace?: boolean;
}

/** A queue as clients write it, without its id. */
export interface QueueDefinition {
  readonly name?: string;
  readonly configuration: QueueConfiguration | null;
  readonly sink?: WireSink | null;
  readonly authSession?: QueueAuthSession | null;
  readonly proxy?: string | null;
  readonly metadata?: JsonObject | null;
}

/** The login that items use. */
export interface QueueAuthSession {
  readonly id: string;
  readonly checkAttempts?: number;
  readonly createAttempts?: number;
  readonly autoRecreate?: boolean;
}

/** An item as clients write it. What it says goes before what its queue says. */
export interface QueueItem {
  readonly apiName: string;
  readonly parameters?: JsonObject;
  readonly retry?: Retry;
  readonly authSession?: QueueAuthSession | null;
  /** Ours, like all that follow. The same id is appended once. */
  readonly id?: string;
  /** Higher ones first. Default 0. */
  readonly priority?: number;
  readonly notBefore?: string;
  readonly requestTimeout?: number;
  readonly sink?: WireSink | null;
}

/** An item that is appended again and again. */
export interface RepeatItem extends Omit<QueueItem, "id" | "notBefore"> {
  readonly repeat: number | string;
}

/** A repeat item as it is kept; without secrets. */
export interface StoredRepeatItem {
  readonly id: string;
  readonly item: RepeatItem;
  readonly lastRunId: string | null;
  readonly nextAt: string;
}

/** A queue as it is kept; its definition is without secrets. */
export interface StoredQueue {
  readonly id: string;
  readonly definition: QueueDefinition;
  readonly state: "active" | "paused";
  readonly reason: StandstillReason | null;
  readonly origin: ResourceOrigin;
  /** When something may be released next, as far as the clock decides; null: nothing waits for the clock. */
  readonly wakeAt: string | null;
  readonly createdAt: string;
  readonly waiting: number;
  readonly running: number;
}

/** Most items that may wait in a queue. */
export const MAX_WAITING_ITEMS = 100_000;
/** Most items of one request. */
export const MAX_APPENDED_ITEMS = 10_000;
/** The shortest pause of a repeat item (WIRE-API 4.12). */
export const MIN_REPEAT_MS = 10 * 60_000;

/** Queues of all projects. */
export interface HostedQueues {
  list(projectId: string): Promise<readonly StoredQueue[]>;
  /** @throws LatchkeyError `QUEUE_NOT_FOUND` */
  get(projectId: string, id: string): Promise<StoredQueue>;
  /** With its secrets. @throws LatchkeyError `QUEUE_NOT_FOUND` */
  definitionOf(projectId: string, id: string): Promise<QueueDefinition>;
  /** @throws LatchkeyError `QUEUE_EXISTS` */
  create(projectId: string, id: string, definition: QueueDefinition, origin: ResourceOrigin): Promise<void>;
  /** Items that wait were recorded with the old sink, retry and login, and keep them. @throws LatchkeyError `QUEUE_NOT_FOUND` */
  update(projectId: string, id: string, definition: QueueDefinition, origin: ResourceOrigin): Promise<void>;
  /** Cancels its items, and removes it. @throws LatchkeyError `QUEUE_NOT_FOUND` */
  delete(projectId: string, id: string): Promise<void>;
  pause(projectId: string, id: string, reason: StandstillReason): Promise<void>;
  resume(projectId: string, id: string): Promise<void>;
  /** All or none. @throws LatchkeyError `QUEUE_NOT_FOUND`, `QUEUE_FULL`, `IDEMPOTENCY_CONFLICT` */
  append(project: HostedProject, id: string, items: readonly QueueItem[], origin: string): Promise<readonly HostedRun[]>;
  /** @throws LatchkeyError `QUEUE_ITEM_NOT_FOUND`, `RUN_ENDED` when it waits no more. */
  reprioritise(projectId: string, id: string, runId: string, priority: number): Promise<HostedRun>;
  repeatItems(projectId: string, id: string): Promise<readonly StoredRepeatItem[]>;
  /** @throws LatchkeyError `QUEUE_NOT_FOUND` */
  addRepeatItem(projectId: string, id: string, item: RepeatItem): Promise<string>;
  /** @throws LatchkeyError `REPEAT_ITEM_NOT_FOUND` */
  updateRepeatItem(projectId: string, id: string, itemId: string, item: RepeatItem): Promise<void>;
  /** @throws LatchkeyError `REPEAT_ITEM_NOT_FOUND` */
  deleteRepeatItem(projectId: string, id: string, itemId: string): Promise<void>;
  /** With its secrets. @throws LatchkeyError `REPEAT_ITEM_NOT_FOUND` */
  repeatItemOf(projectId: string, id: string, itemId: string): Promise<RepeatItem>;
  /** Releases what the clock allows, and appends repeat items. @returns when to look again, in milliseconds from now; null: nothing waits for the clock. */
  dispatchDue(): Promise<number | null>;
}
