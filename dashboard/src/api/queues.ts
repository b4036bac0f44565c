import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { DurationText, Origin, Retry, SessionChoice, Sink, StandstillReason } from "./definitions.ts";
import { projectPath, request } from "./request.ts";
import type { RunStatus } from "./types.ts";

/** How a queue works through its items. */
export interface QueueConfiguration {
  readonly retry?: Retry;
  readonly rateLimits?: readonly { readonly limit: number; readonly duration: DurationText }[];
  readonly randomWait?: { readonly min: DurationText; readonly max: DurationText };
  readonly ordered?: boolean;
  readonly maxConcurrentRequests?: number;
  readonly activePeriods?: readonly { readonly days?: readonly string[]; readonly from: string; readonly to: string; readonly timeZone?: string }[];
  readonly schedule?: { readonly pause: string; readonly resume: string; readonly timeZone?: string };
  readonly requestTimeout?: number;
  readonly saveTrace?: boolean;
}

/** A queue as it is written: all of it but its id. */
export interface QueueDefinition {
  readonly name?: string;
  readonly configuration: QueueConfiguration | null;
  readonly authSession?: SessionChoice | null;
  readonly sink?: Sink | null;
  readonly proxy?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}

/** A queue. */
export interface Queue extends QueueDefinition {
  readonly id: string;
  readonly state: "ACTIVE" | "PAUSED";
  readonly reason?: StandstillReason;
  readonly origin: Origin;
  readonly createdAt: string;
  readonly waiting: number;
  readonly running: number;
  /** When something may be released next, where the clock decides. */
  readonly nextReleaseAt?: string;
}

/** An item as it is written. */
export interface ItemInput {
  readonly apiName: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly priority?: number;
  readonly notBefore?: string;
}

/** An item as lists show it. */
export interface QueueItem {
  readonly runId: string;
  /** `queued`: waits for its turn. */
  readonly status: RunStatus | "queued";
  readonly apiName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly priority: number;
  readonly createdAt: string;
  readonly notBefore?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly errorCode?: string;
}

/** An item that is appended again and again. */
export interface RepeatItem {
  readonly id: string;
  readonly apiName: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly priority?: number;
  readonly repeat: DurationText;
  readonly lastRunId?: string;
  readonly nextAt: string;
}

const LIVE_MS = 3_000;
const CALM_MS = 10_000;

function queuePath(project: string, queueId: string): string {
  return `${projectPath(project)}/queues/${encodeURIComponent(queueId)}`;
}

/** All queues of a project. */
export function queuesQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "queues"],
    queryFn: ({ signal }) => request<readonly Queue[]>(`${projectPath(project)}/queues`, { signal }),
    refetchInterval: CALM_MS,
  });
}

/** One queue with its counts. */
export function queueQuery(project: string, queueId: string) {
  return queryOptions({
    queryKey: ["project", project, "queues", "one", queueId],
    queryFn: ({ signal }) => request<Queue>(queuePath(project, queueId), { signal }),
    refetchInterval: ({ state }) => ((state.data?.running ?? 0) + (state.data?.waiting ?? 0) > 0 ? LIVE_MS : CALM_MS),
  });
}

/** Items, newest first. */
export function itemsQuery(project: string, queueId: string, status: RunStatus | undefined) {
  return infiniteQueryOptions({
    queryKey: ["project", project, "queues", "items", queueId, status ?? null],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => request<{ readonly items: readonly QueueItem[]; readonly nextCursor?: string }>(`${queuePath(project, queueId)}/items`, { query: { status, limit: 50, cursor: pageParam }, signal }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? null,
    refetchInterval: LIVE_MS,
  });
}

/** Items that are appended again and again. */
export function repeatItemsQuery(project: string, queueId: string) {
  return queryOptions({
    queryKey: ["project", project, "queues", "repeat-items", queueId],
    queryFn: ({ signal }) => request<readonly RepeatItem[]>(`${queuePath(project, queueId)}/repeatItems`, { signal }),
    refetchInterval: CALM_MS,
  });
}

/** A change of a queue; what is shown of queues is asked for again. */
function useQueueChange<Variables, Answer = unknown>(project: string, change: (variables: Variables) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: ["project", project, "queues"] }) });
}

/** Makes a queue, or replaces all of one. */
export function useSaveQueue(project: string) {
  return useQueueChange(project, ({ id, definition, isNew }: { readonly id: string; readonly definition: QueueDefinition; readonly isNew: boolean }) => (isNew ? request(`${projectPath(project)}/queues`, { method: "POST", body: { ...definition, id } }) : request(queuePath(project, id), { method: "PUT", body: definition })));
}

/** Pauses a queue, or lets it go on. */
export function useSetQueueState(project: string) {
  return useQueueChange(project, ({ id, action }: { readonly id: string; readonly action: "pause" | "resume" }) => request(`${queuePath(project, id)}/${action}`, { method: "POST" }));
}

/** Deletes a queue; its items are canceled. */
export function useDeleteQueue(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<null>(queuePath(project, id), { method: "DELETE" }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project, "queues"], refetchType: "none" }),
  });
}

/** Appends one item or many: all or none. A single one is sent with a key, so that sending it again appends nothing. */
export function useAppendItems(project: string, queueId: string) {
  return useQueueChange(project, ({ items, idempotencyKey }: { readonly items: readonly ItemInput[]; readonly idempotencyKey: string }) => {
    const [only] = items;
    const isSingle = items.length === 1 && only !== undefined;
    return request(`${queuePath(project, queueId)}/items`, { method: "POST", body: isSingle ? only : items, ...(isSingle && only.id === undefined && { idempotencyKey }) });
  });
}

/** Cancels an item. */
export function useCancelItem(project: string, queueId: string) {
  return useQueueChange(project, (runId: string) => request<null>(`${queuePath(project, queueId)}/items/${runId}`, { method: "DELETE" }));
}

/** Gives an item that waits another priority. */
export function useReprioritise(project: string, queueId: string) {
  return useQueueChange(project, ({ runId, priority }: { readonly runId: string; readonly priority: number }) => request(`${queuePath(project, queueId)}/items/${runId}`, { method: "PATCH", body: { priority } }));
}

/** Adds an item that is appended again and again. */
export function useAddRepeatItem(project: string, queueId: string) {
  return useQueueChange(project, (item: Omit<RepeatItem, "id" | "lastRunId" | "nextAt">) => request(`${queuePath(project, queueId)}/repeatItems`, { method: "POST", body: item }));
}

/** Removes one; what was appended already stays. */
export function useDeleteRepeatItem(project: string, queueId: string) {
  return useQueueChange(project, (itemId: string) => request<null>(`${queuePath(project, queueId)}/repeatItems/${itemId}`, { method: "DELETE" }));
}
