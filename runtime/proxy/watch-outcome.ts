import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What became of a connection: proxy-chain's own status for it, or `closed` without an answer, or `timeout`. */
export type Outcome = number | "closed" | "timeout";

/** proxy-chain answers 59x for what went wrong on the way (its `statuses.ts`). */
const FIRST_OWN_STATUS = 590;
/** Statuses that proxy-chain uses too, but that sites have as well. */
const SHARED_STATUSES = new Set([404, 504]);
const OWN_CONTENT_TYPE = "text/plain; charset=utf-8";

/** How a connection is watched. */
export interface WatchOptions {
  /** Null: direct, where the site's own slowness is none of ours. */
  readonly upstreamTimeoutMs: number | null;
  readonly onFailure: (outcome: Outcome) => void;
}

/**
 * Tells when a connection did not come about. proxy-chain reports that only to the browser, which hides
 * the reason, so the first answer is read on its way there.
 */
export function watchOutcome(request: IncomingMessage, isHttp: boolean, { upstreamTimeoutMs, onFailure }: WatchOptions): void {
  const { socket } = request;
  let isOver = false;
  const over = (failure: Outcome | null): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    stopReading();
    socket.off("close", onClose);
    if (failure !== null) onFailure(failure);
  };
  const onTimeout = (): void => {
    over("timeout");
    socket.destroy();
  };
  const timer = upstreamTimeoutMs === null ? undefined : setTimeout(onTimeout, upstreamTimeoutMs).unref();
  const stopReading = onFirstWrite(socket, (head) => {
    const failure = failureIn(head, isHttp ? socket : null);
    over(failure);
    // An error page would look like the site's own to the project's code: a failed navigation does not.
    return failure !== null;
  });
  // A browser that closes its page ends the connection; a connection that we destroyed did not come about.
  const onClose = (): void => over(socket.readableEnded ? null : "closed");
  socket.once("close", onClose);
}

function failureIn(head: string, httpSocket: Socket | null): number | null {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (httpSocket === null) return status === 200 || Number.isNaN(status) ? null : status;
  if (status >= FIRST_OWN_STATUS) return status;
  // Node keeps the response of a request on its socket. Forwarded responses carry their headers unparsed, proxy-chain's own do not.
  const response = (httpSocket as Socket & { readonly _httpMessage?: ServerResponse | null })._httpMessage;
  return SHARED_STATUSES.has(status) && response?.getHeader("content-type") === OWN_CONTENT_TYPE ? status : null;
}

/** Calls `inspect` with the beginning of what is written first, and ends the connection when it says so. @returns a function that stops it. */
function onFirstWrite(socket: Socket, inspect: (head: string) => boolean): () => void {
  const { write, end } = socket;
  const restore = (): void => {
    socket.write = write;
    socket.end = end;
  };
  const mustEnd = (chunk: unknown): boolean => {
    if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) return false;
    restore();
    return inspect(Buffer.from(chunk.slice(0, 16)).toString("latin1"));
  };
  socket.write = function (this: Socket, ...values: Parameters<typeof write>) {
    if (!mustEnd(values[0])) return Reflect.apply(write, socket, values);
    socket.destroy();
    return false;
  } as typeof write;
  socket.end = function (this: Socket, ...values: Parameters<typeof end>) {
    return mustEnd(values[0]) ? socket.destroy() : Reflect.apply(end, socket, values);
  } as typeof end;
  return restore;
}
