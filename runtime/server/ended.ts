import type { EndedRun } from "../model/hosted-run.ts";
import { hasEnded } from "../model/hosted-run.ts";
import { LatchkeyError } from "../model/errors.ts";
import type { HostedStore } from "../model/hosted-store.ts";

/** Signals may be missed while the database's connection is broken. */
const LOOK_AGAIN_MS = 2_000;

/** The run of an id. @throws LatchkeyError `RUN_NOT_FOUND` */
export async function findRun(store: HostedStore, projectId: string, runId: string): Promise<EndedRun> {
  const run = await store.runs.get(projectId, runId);
  if (run === null) throw new LatchkeyError("RUN_NOT_FOUND", `There is no run "${runId}".`);
  return run;
}

/** Waits until the run has ended, the time is over, or the client is gone. @returns the run as it is then. */
export async function waitForEnd(store: HostedStore, projectId: string, runId: string, { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<EndedRun> {
  using watch = store.signals.watch((told) => told.kind === "ended" && told.runId === runId);
  const endsAtMs = performance.now() + waitMs;
  for (;;) {
    const run = await findRun(store, projectId, runId);
    const leftMs = endsAtMs - performance.now();
    if (hasEnded(run.status) || leftMs <= 0 || signal.aborted) return run;
    await watch.next({ timeoutMs: Math.min(leftMs, LOOK_AGAIN_MS), signal });
  }
}

/** A signal that aborts when the client closes its connection before it was answered. */
export function clientGone(raw: { once(event: "close", listener: () => void): unknown }): AbortSignal {
  const controller = new AbortController();
  raw.once("close", () => controller.abort());
  return controller.signal;
}
