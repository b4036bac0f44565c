import { setTimeout as delay } from "node:timers/promises";
import type { HostedEvents } from "../model/hosted-store.ts";
import type { RunEvent } from "../model/run.ts";

const BATCH_MS = 50;
const RETRY_MS = 1_000;
/** While the database is away, events wait; more than these and the oldest log lines go first. */
const MAX_WAITING = 20_000;

/** Writes the events of one run in order, in batches. */
export interface EventWriter {
  add(event: RunEvent): void;
  /** Waits until everything so far is written; false: the database stayed away for `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean>;
}

/** A writer for one run. It never throws: events are told, not vital. */
export function createEventWriter(events: HostedEvents, runId: string): EventWriter {
  let waiting: RunEvent[] = [];
  let writing: Promise<void> | null = null;
  let hurry = new AbortController();
  const write = async (): Promise<void> => {
    hurry = new AbortController();
    await delay(BATCH_MS, undefined, { signal: hurry.signal }).catch(() => undefined);
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await events.append(runId, batch);
      } catch {
        waiting = [...batch, ...waiting];
        await delay(RETRY_MS);
      }
    }
    writing = null;
  };
  return {
    add(event) {
      waiting.push(event);
      if (waiting.length > MAX_WAITING) waiting.splice(waiting.findIndex(({ type }) => type === "log"), 1);
      writing ??= write();
    },
    async flush(timeoutMs) {
      if (writing === null) return true;
      hurry.abort();
      const late = new AbortController();
      try {
        return await Promise.race([writing.then(() => true), delay(timeoutMs, false, { signal: late.signal })]);
      } finally {
        late.abort();
      }
    },
  };
}
