import type { Logger } from "pino";
import { toLatchkeyError, type LatchkeyError } from "../model/errors.ts";
import type { HostedStore, PendingDelivery, TakenDelivery } from "../model/hosted-store.ts";

const LOOK_MS = 5_000;
const AT_ONCE = 16;
/** A place that does not answer must not keep the others waiting. */
const AT_ONCE_TO_ONE_TARGET = 4;
/** Less than the engine waits for a sign of life. */
const KEEP_ALIVE_MS = 3_000;

/** What delivering is made of. */
export interface DeliveriesOptions {
  readonly store: HostedStore;
  readonly log: Logger;
  /** @throws LatchkeyError when it was not delivered. */
  readonly deliver: (delivery: PendingDelivery) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Delivers what is due, several at once, until the signal aborts; resolves when the last one is settled. */
export async function startDeliveries({ store, log, deliver, signal }: DeliveriesOptions): Promise<void> {
  using watch = store.signals.watch(({ kind }) => kind === "deliver");
  const inFlight = new Map<Promise<void>, string>();
  for (let troubled = false; !signal.aborted; ) {
    try {
      while (inFlight.size < AT_ONCE && !signal.aborted) {
        const busy = [...Map.groupBy(inFlight.values(), (target) => target)].filter(([, same]) => same.length >= AT_ONCE_TO_ONE_TARGET).map(([target]) => target);
        const taken = await store.deliveries.take(busy);
        if (taken === null) break;
        if (taken === "gone") continue;
        const work = deliverOne(taken).finally(() => {
          inFlight.delete(work);
          watch.wake();
        });
        inFlight.set(work, taken.delivery.target);
      }
      troubled = false;
    } catch (thrown) {
      if (!troubled) log.warn(`Deliveries: ${toLatchkeyError(thrown).message}`);
      troubled = true;
    }
    await watch.next({ timeoutMs: LOOK_MS, signal });
  }
  await Promise.all(inFlight.keys());

  async function deliverOne({ delivery, settle, keepAlive }: TakenDelivery): Promise<void> {
    const alive = setInterval(() => void keepAlive().catch(() => undefined), KEEP_ALIVE_MS);
    const error = await deliver(delivery).then((): LatchkeyError | null => null, (thrown: unknown) => toLatchkeyError(thrown));
    clearInterval(alive);
    if (error !== null) log.warn({ delivery: delivery.id, tries: delivery.attempts, target: delivery.target }, error.message);
    // Not settled means not delivered: the engine gives it out again.
    await settle(error).catch((thrown: unknown) => log.warn({ delivery: delivery.id }, `What became of a delivery was not recorded: ${toLatchkeyError(thrown).message}`));
  }
}
