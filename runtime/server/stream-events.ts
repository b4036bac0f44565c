import { hasEnded } from "../model/hosted-run.ts";
import type { HostedStore } from "../model/hosted-store.ts";
import { findRun } from "./ended.ts";

/** Keeps proxies from closing a quiet connection, and finds what a missed signal would have told. */
const QUIET_MS = 10_000;
const BATCH = 500;

/** Which events are streamed. */
export interface StreamOptions {
  readonly projectId: string;
  readonly runId: string;
  /** The last event that the client has; null: from the beginning. */
  readonly after: string | null;
  readonly signal: AbortSignal;
}

/** The events of a run as a stream of the form that browsers read (HTML, server-sent events), until the run has ended. */
export async function* streamEvents(store: HostedStore, { projectId, runId, after, signal }: StreamOptions): AsyncGenerator<string> {
  let last = after;
  using watch = store.signals.watch((told) => (told.kind === "events" || told.kind === "ended") && told.runId === runId);
  yield "retry: 1000\n\n";
  while (!signal.aborted) {
    // The status first: what was written before the end is then found by the list.
    const { status } = await findRun(store, projectId, runId);
    for (let more = true; more; ) {
      const events = await store.events.list(runId, { after: last, limit: BATCH });
      for (const { id, event } of events) yield `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
      last = events.at(-1)?.id ?? last;
      more = events.length === BATCH;
    }
    if (hasEnded(status)) {
      yield `event: end\ndata: ${JSON.stringify({ runId, status })}\n\n`;
      return;
    }
    await watch.next({ timeoutMs: QUIET_MS, signal });
    yield ": still here\n\n";
  }
}
