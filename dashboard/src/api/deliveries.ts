import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { projectPath, request } from "./request.ts";

/** Where a delivery stands, in the API's words. */
export const DELIVERY_STATUSES = ["pending", "delivered", "failed"] as const;
/** See {@link DELIVERY_STATUSES}. */
type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One result on its way to a sink, with all that is known of it. */
export interface DeliveryFacts {
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly runId?: string;
  readonly jobRunId?: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly lastError?: string;
  readonly createdAt: string;
  readonly lastAttemptAt?: string;
  readonly deliveredAt?: string;
  readonly failedAt?: string;
  readonly givesUpAt: string;
}

/** The same with what is sent. */
interface DeliveryDetails extends DeliveryFacts {
  readonly body?: unknown;
}

/** What deliveries are narrowed by. */
interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly runId?: string | undefined;
  readonly jobRunId?: string | undefined;
}

/** What webhooks of a project are signed with. */
export interface SigningSecret {
  readonly secret: string;
  readonly createdAt: string;
}

const LIVE_MS = 3_000;
const CALM_MS = 10_000;

/** Deliveries, newest first, page by page. */
export function deliveriesQuery(project: string, filter: DeliveryFilter) {
  return infiniteQueryOptions({
    queryKey: ["project", project, "deliveries", "pages", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => request<{ readonly deliveries: readonly DeliveryFacts[]; readonly nextCursor?: string }>(`${projectPath(project)}/deliveries`, { query: { ...filter, limit: 50, cursor: pageParam }, signal }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? null,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ deliveries }) => deliveries.some(({ status }) => status === "pending")) === true ? LIVE_MS : CALM_MS),
  });
}

/** One delivery with its body. */
export function deliveryQuery(project: string, deliveryId: string) {
  return queryOptions({
    queryKey: ["project", project, "deliveries", "one", deliveryId],
    queryFn: ({ signal }) => request<DeliveryDetails>(`${projectPath(project)}/deliveries/${encodeURIComponent(deliveryId)}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === "pending" ? LIVE_MS : CALM_MS),
  });
}

/** Sends a delivery again, under the same id. */
export function useReplayDelivery(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<DeliveryFacts>(`${projectPath(project)}/deliveries/${id}/replay`, { method: "POST" }),
    onSettled: () => client.invalidateQueries({ queryKey: ["project", project, "deliveries"] }),
  });
}

/** Reveals the signing secret. Each time is in the audit log, so it is asked for on purpose only, and kept nowhere. */
export function useRevealSigningSecret(project: string) {
  return useMutation({ mutationFn: () => request<SigningSecret>(`${projectPath(project)}/signing-secret`), gcTime: 0 });
}

/** Makes a new signing secret; for a day webhooks carry a signature of each. */
export function useRotateSigningSecret(project: string) {
  return useMutation({ mutationFn: () => request<SigningSecret>(`${projectPath(project)}/signing-secret/rotate`, { method: "POST" }), gcTime: 0 });
}
