import { useQueries, useQuery } from "@tanstack/react-query";
import { authSessionsQuery, failedDeliveriesQuery, jobStatesQuery, workersQuery } from "../../api/attention.ts";
import { promptsQuery, recentRunsQuery } from "../../api/runs.ts";
import type { Prompt, RunSummary, Session, Worker } from "../../api/types.ts";

/** More projects than this are not looked through by one page. */
export const MAX_PROJECTS = 12;
const RECENT = 8;
const DAY_MS = 86_400_000;

/** Something that a person should look at. */
export interface AttentionItem {
  readonly kind: "auth-session" | "runs" | "deliveries" | "job" | "worker";
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly project?: string;
  /** Of the thing itself. */
  readonly id?: string;
}

/** What the home page shows. */
export interface Attention {
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly prompts: readonly { readonly project: string; readonly prompt: Prompt }[];
  readonly items: readonly AttentionItem[];
  readonly runs: readonly { readonly project: string; readonly run: RunSummary }[];
  readonly workers: readonly Worker[] | undefined;
  /** Runs that go on or wait now. */
  readonly going: number;
}

/** Looks through all projects for what waits for a person. */
export function useAttention(session: Session, projects: readonly string[]): Attention {
  // The day is told by the hour, so that the question stays the same one for a while.
  const since = new Date(Math.floor((Date.now() - DAY_MS) / 3_600_000) * 3_600_000).toISOString();
  const names = projects.slice(0, MAX_PROJECTS);
  const prompts = useQueries({ queries: names.map((project) => promptsQuery(project)) });
  const sessions = useQueries({ queries: names.map((project) => authSessionsQuery(project)) });
  const failed = useQueries({ queries: names.map((project) => recentRunsQuery(project, { status: "failed", since }, 50)) });
  const recent = useQueries({ queries: names.map((project) => recentRunsQuery(project, {}, RECENT)) });
  const deliveries = useQueries({ queries: names.map((project) => failedDeliveriesQuery(project)) });
  const jobs = useQueries({ queries: names.map((project) => jobStatesQuery(project)) });
  const { data: workers } = useQuery({ ...workersQuery, enabled: session.project === null });

  const items = names.flatMap((project, index): AttentionItem[] => {
    const failures = failed[index]?.data?.runs ?? [];
    const undelivered = deliveries[index]?.data?.deliveries ?? [];
    return [
      ...(sessions[index]?.data ?? []).flatMap(({ id, status, details }): AttentionItem[] =>
        status === "EXPIRED" ? [{ kind: "auth-session", key: `${project} session ${id}`, project, id, title: `The auth session "${id}" ${details?.status === "needs-attention" ? "needs attention" : "has expired"}`, description: details?.lastError?.message ?? "Nothing logs in by itself until it is updated." }] : [],
      ),
      ...(jobs[index]?.data ?? []).flatMap(({ id, state, reason }): AttentionItem[] => (state === "PAUSED" ? [{ kind: "job", key: `${project} job ${id}`, project, id, title: `The job "${id}" is paused`, description: reason?.message ?? "It makes no job runs until it is resumed." }] : [])),
      ...(undelivered.length > 0 ? [{ kind: "deliveries" as const, key: `${project} deliveries`, project, title: `${undelivered.length === 20 ? "20 or more" : undelivered.length} ${undelivered.length === 1 ? "delivery was" : "deliveries were"} given up`, description: "Mend the sink, then replay them." }] : []),
      ...(failures.length > 0 ? [{ kind: "runs" as const, key: `${project} runs`, project, id: since, title: `${failures.length === 50 ? "50 or more" : failures.length} ${failures.length === 1 ? "run" : "runs"} failed in the last day`, description: commonCodes(failures) }] : []),
    ];
  });
  const lost = (workers ?? []).filter(({ state }) => state === "lost");
  const fleet: AttentionItem[] =
    workers === undefined ? [] : workers.length === 0 ? [{ kind: "worker", key: "no worker", title: "There is no worker", description: "Runs wait until one starts: latchkey worker." }] : lost.map(({ id, host }) => ({ kind: "worker", key: `worker ${id}`, title: `The worker on ${host} was lost`, description: "Its runs go on elsewhere; look at its machine." }));
  const runs = names.flatMap((project, index) => (recent[index]?.data?.runs ?? []).map((run) => ({ project, run }))).toSorted((a, b) => b.run.createdAt.localeCompare(a.run.createdAt));
  const all = [...prompts, ...sessions, ...failed, ...recent, ...deliveries, ...jobs];
  return {
    isLoading: all.some(({ isLoading }) => isLoading),
    error: all.find(({ error }) => error !== null)?.error ?? null,
    prompts: names.flatMap((project, index) => (prompts[index]?.data ?? []).map((prompt) => ({ project, prompt }))),
    items: [...fleet, ...items],
    runs: runs.slice(0, RECENT),
    workers,
    going: runs.filter(({ run }) => run.status === "started" || run.status === "awaiting-input").length,
  };
}

/** The errors that came most often, as `API_FAILED (3), RUN_TIMED_OUT`. */
function commonCodes(runs: readonly RunSummary[]): string {
  const counts = Map.groupBy(runs, ({ errorCode }) => errorCode ?? "without a code");
  return [...counts]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, 3)
    .map(([code, { length }]) => (length === 1 ? code : `${code} (${length})`))
    .join(", ");
}
