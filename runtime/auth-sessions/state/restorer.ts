import type { Deadline } from "../../model/deadline.ts";
import type { OriginState, StateLoss, StorageState } from "../../model/storage-state.ts";
import type { Visitor } from "./open-visitor.ts";
import { writeExpression } from "./page-storage.ts";
import { hasDocumentStorage, hostPortOf } from "./storage-place.ts";

/** Writes stored storage into the context, once per origin. */
export interface Restorer {
  /** Before the first connection to `host:port` goes out. */
  restoreHost(hostPort: string): Promise<void>;
  /** Before a document that never reaches the network is shown. */
  restoreUrl(url: string): Promise<void>;
  restoreAll(): Promise<void>;
}

/** A restorer of a state. It remembers what it did, so that a site that logs out stays logged out. */
export function createRestorer({ state, visitor, deadline, lose }: { readonly state: StorageState; readonly visitor: Visitor; readonly deadline: Deadline; readonly lose: (loss: StateLoss) => void }): Restorer {
  const waiting = new Map<string, OriginState[]>();
  for (const stored of state.origins.filter(hasDocumentStorage)) {
    const hostPort = hostPortOf(stored.origin);
    waiting.set(hostPort, [...(waiting.get(hostPort) ?? []), stored]);
  }
  const begun = new Map<string, Promise<void>>();

  const restoreOne = async ({ origin, partition, localStorage, indexedDB = [] }: OriginState): Promise<void> => {
    try {
      const place = partition === undefined ? { origin } : { origin, partition };
      const { value } = await deadline.race(visitor.visit(place, writeExpression({ localStorage, indexedDB })));
      for (const { place: where, reason } of value as readonly { readonly place: string; readonly reason: string }[]) lose({ origin, place: where, reason });
    } catch (thrown) {
      // At the deadline the attempt is over anyway, and its reason is told elsewhere.
      if (!deadline.signal.aborted) lose({ origin, place: "storage", reason: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  };
  const restoreHost = (hostPort: string): Promise<void> => {
    const stored = waiting.get(hostPort);
    if (stored === undefined) return Promise.resolve();
    const restoring = begun.get(hostPort) ?? Promise.all(stored.map(restoreOne)).then(() => undefined);
    begun.set(hostPort, restoring);
    return restoring;
  };
  return {
    restoreHost,
    restoreUrl: (url) => (/^https?:/.test(url) && URL.canParse(url) ? restoreHost(hostPortOf(url)) : Promise.resolve()),
    restoreAll: async () => void (await Promise.all([...waiting.keys()].map(restoreHost))),
  };
}
