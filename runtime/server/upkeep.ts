import type { LatchkeyError } from "../model/errors.ts";
import { toLatchkeyError } from "../model/errors.ts";
import type { PendingDelivery, Retention } from "../model/hosted-store.ts";
import type { Signal } from "../model/signals.ts";
import { requestRun } from "./request-run.ts";
import type { ServerParts } from "./server-parts.ts";

const DELIVER_MS = 5_000;
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

/** Delivers webhooks, checks logins ahead of need, and sweeps. Any number of servers may do it: each thing is taken by one. */
export function startUpkeep({ parts, retention, deliver }: UpkeepOptions): AsyncDisposable {
  const { store, artifacts, log } = parts;
  const ending = new AbortController();
  const deliverAll = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const taken = await store.deliveries.take();
      if (taken === null) return;
      const error = await deliver(taken.delivery).then((): LatchkeyError | null => null, (thrown: unknown) => toLatchkeyError(thrown));
      if (error !== null) log.warn({ delivery: taken.delivery.id, tries: taken.delivery.attempts }, error.message);
      await taken.settle(error);
    }
  };
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

  const all = [repeat("Webhooks", deliverAll, DELIVER_MS, "deliver"), repeat("Checks of logins", check, CHECK_MS), repeat("Sweeping", sweep, SWEEP_MS)];
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(all);
    },
  };

  /** Does something over and over, one at a time, and when it is told of; a failure is told once, until it works again. */
  async function repeat(what: string, work: () => Promise<void>, everyMs: number, kind?: Signal["kind"]): Promise<void> {
    using watch = store.signals.watch((signal) => signal.kind === kind);
    for (let troubled = false; !ending.signal.aborted; ) {
      try {
        await work();
        troubled = false;
      } catch (thrown) {
        if (!troubled) log.warn(`${what}: ${toLatchkeyError(thrown).message}`);
        troubled = true;
      }
      await watch.next({ timeoutMs: everyMs, signal: ending.signal });
    }
  }
}
