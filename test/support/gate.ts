import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Holds whoever comes until it is opened, and counts them. */
export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** How many are waiting now. */
  readonly waiting: number;
  /** How many came so far. */
  readonly arrivals: number;
  /** The most that waited at the same time. */
  readonly most: number;
  /** Resolves when `count` have come. */
  arrived(count: number): Promise<void>;
  /** Lets everybody pass, now and later. */
  open(): void;
  /** Lets those pass who are waiting. */
  passOne(): void;
}

/** Starts a gate on loopback, closed. */
export async function startGate(): Promise<Gate> {
  let isOpen = false;
  let arrivals = 0;
  let most = 0;
  const held = new Set<ServerResponse>();
  const watchers: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer((_request, response) => {
    arrivals += 1;
    for (const { count, resolve } of watchers) if (arrivals >= count) resolve();
    if (isOpen) {
      response.end("pass");
      return;
    }
    held.add(response);
    most = Math.max(most, held.size);
    response.once("close", () => held.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get waiting() {
      return held.size;
    },
    get arrivals() {
      return arrivals;
    },
    get most() {
      return most;
    },
    arrived: (count) => (arrivals >= count ? Promise.resolve() : new Promise((resolve) => watchers.push({ count, resolve }))),
    open() {
      isOpen = true;
      for (const response of held) response.end("pass");
    },
    passOne() {
      const [first] = held;
      if (first === undefined) return;
      held.delete(first);
      first.end("pass");
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
