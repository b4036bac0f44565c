import type { BrowserLease, BrowserProvider, LeaseRequest } from "../model/browser.ts";
import type { Deadline } from "../model/deadline.ts";

const REFILL_MS = 200;

/** How browsers are kept ready. */
export interface BrowserPoolOptions {
  readonly provider: BrowserProvider;
  /** How many wait, already started. */
  readonly ahead: number;
  /** A deadline for starting one that nobody waits for. */
  readonly startDeadline: () => Deadline & Disposable;
  /** A browser that waited longer is replaced: what waits for hours may have grown stale. */
  readonly maxIdleMs: number;
  /** How long after one was taken the next is started. */
  readonly refillAfterMs?: number;
}

/** Browsers started ahead, each for one owner and once. Disposing ends those that were not taken. */
export interface BrowserPool extends BrowserProvider, AsyncDisposable {}

interface Waiting {
  readonly key: string;
  readonly lease: Promise<BrowserLease | null>;
  readonly sinceMs: number;
}

/** A pool that keeps browsers with the settings that were asked for last. */
export function createBrowserPool({ provider, ahead, startDeadline, maxIdleMs, refillAfterMs = REFILL_MS }: BrowserPoolOptions): BrowserPool {
  let waiting: readonly Waiting[] = [];
  let closed = false;
  const ending = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  const end = (one: Waiting): void => {
    const ended = one.lease.then((lease) => lease?.[Symbol.asyncDispose]()).catch(() => undefined);
    ending.add(ended);
    void ended.finally(() => ending.delete(ended));
  };
  const remove = (one: Waiting): void => {
    waiting = waiting.filter((other) => other !== one);
  };
  const drop = (one: Waiting): void => {
    remove(one);
    end(one);
  };
  const start = (request: LeaseRequest, key: string): Waiting => {
    const deadline = startDeadline();
    const lease = provider
      .lease({ ...request, deadline, warn: () => undefined })
      .catch(() => null)
      .finally(() => deadline[Symbol.dispose]());
    const one: Waiting = { key, lease, sinceMs: performance.now() };
    void lease.then((started) => {
      if (started === null) remove(one);
      // One that dies while it waits is of no use to anybody.
      else void started.ended.then(() => waiting.includes(one) && drop(one));
    });
    return one;
  };
  return {
    async lease(request) {
      const key = JSON.stringify([request.settings, request.network]);
      for (const stale of waiting.filter((one) => performance.now() - one.sinceMs > maxIdleMs)) drop(stale);
      const taken = waiting.find((one) => one.key === key);
      if (taken !== undefined) remove(taken);
      const lease = (await taken?.lease) ?? (await provider.lease(request));
      // Not while the attempt that took it begins: starting two at the same time makes both slower.
      if (!closed && ahead > 0 && request.settings.wsEndpoint === null) {
        const timer = setTimeout(() => {
          timers.delete(timer);
          waiting = [...waiting, start(request, key)];
          // The oldest goes first: settings that nobody asks for any more do not keep a place.
          for (const old of waiting.slice(0, Math.max(0, waiting.length - ahead))) drop(old);
        }, refillAfterMs);
        timers.add(timer);
      }
      return lease;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      const rest = waiting;
      waiting = [];
      rest.forEach(end);
      await Promise.all(ending);
    },
  };
}
