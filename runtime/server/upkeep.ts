import { toLatchkeyError } from "../model/errors.ts";
import type { PendingDelivery, Retention } from "../model/hosted-store.ts";
import type { Signal } from "../model/signals.ts";
import { startDeliveries } from "./deliveries.ts";
import { requestRun } from "./request-run.ts";
import type { ServerParts } from "./server-parts.ts";

const LOOK_MS = 5_000;
const CHECK_MS = 2_000;
const CHECKS_AT_ONCE = 20;
const CHECK_TIMEOUT_MS = 600_000;
const SWEEP_MS = 60 * 60 * 1_000;

/** What a server does besides answering. */
export interface UpkeepOptions {
  readonly parts: ServerParts;
  readonly retention: Retention;
  /** @throws LatchkeyError when it was not delivered. */
  readonly deliver: (delivery: PendingDelivery) => Promise<void>;
}

/** Delivers results, fires jobs, releases items of queues, checks logins ahead of need, and sweeps. Any number of servers may do it: each thing is taken by one. */
export function startUpkeep({ parts, retention, deliver }: UpkeepOptions): AsyncDisposable {
  const { store, artifacts, log } = parts;
  const ending = new AbortController();
  const check = async (): Promise<void> => {
    for (const { project, id } of await store.authSessions.takeDueChecks(CHECKS_AT_ONCE)) {
      try {
        await requestRun(parts, project, { target: { kind: "auth-validate", id, autoRecreate: true }, parameters: {}, proxyUrl: null, timeoutMs: CHECK_TIMEOUT_MS, maximumAttempts: 1, trace: false, origin: "check", idempotencyKey: null, traceparent: null });
      } catch (thrown) {
        log.warn({ project: project.name, authSession: id }, `The login could not be checked: ${toLatchkeyError(thrown).message}`);
      }
    }
  };
  const sweep = async (): Promise<void> => {
    for (const runId of await store.sweep(retention)) await artifacts.remove(runId);
  };

  const all = [startDeliveries({ store, log, deliver, signal: ending.signal }), repeat("Jobs", () => store.jobs.fireDue(), LOOK_MS, "dispatch"), repeat("Queues", () => store.queues.dispatchDue(), LOOK_MS, "dispatch"), repeat("Checks of logins", check, CHECK_MS), repeat("Sweeping", sweep, SWEEP_MS)];
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(all);
    },
  };

  /** Does something over and over, one at a time, when it is told of, and when it said it should; a failure is told once, until it works again. */
  async function repeat(what: string, work: () => Promise<number | null | void>, everyMs: number, kind?: Signal["kind"]): Promise<void> {
    using watch = store.signals.watch((signal) => signal.kind === kind);
    for (let troubled = false; !ending.signal.aborted; ) {
      let waitMs = everyMs;
      try {
        waitMs = Math.min((await work()) ?? everyMs, everyMs);
        troubled = false;
      } catch (thrown) {
        if (!troubled) log.warn(`${what}: ${toLatchkeyError(thrown).message}`);
        troubled = true;
      }
      await watch.next({ timeoutMs: waitMs, signal: ending.signal });
    }
  }
}
