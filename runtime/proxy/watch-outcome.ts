import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { UpstreamFault } from "./probe-upstream.ts";

/** How a connection failed: proxy-chain's own status for it, `closed` without an answer, or what is wrong with the upstream. */
export type Outcome = number | "closed" | UpstreamFault;

/** proxy-chain answers 59x for what went wrong on the way (its `statuses.ts`). */
const FIRST_OWN_STATUS = 590;
/** Statuses that proxy-chain uses too, but that sites have as well. */
const SHARED_STATUSES = new Set([404, 504]);
const OWN_CONTENT_TYPE = "text/plain; charset=utf-8";

/** How a connection is watched. */
export interface WatchOptions {
  /** When an answer is overdue; null: direct, where the site's own slowness is none of ours. */
  readonly slowAfterMs: number | null;
  /** Looks for the reason of an overdue answer. Null: the upstream is well, so the site is slow and the connection goes on. */
  readonly onSlow: () => Promise<UpstreamFault | null>;
  readonly onFailure: (outcome: Outcome) => void;
  /** Called once, when there is nothing more to watch. */
  readonly onOver: () => void;
}

/**
 * Tells when a connection did not come about. proxy-chain reports that only to the browser, which hides
 * the reason, so the first answer is read on its way there.
 *
 * @returns a function that stops watching, for connections that we end ourselves.
 */
export function watchOutcome(request: IncomingMessage, isHttp: boolean, { slowAfterMs, onSlow, onFailure, onOver }: WatchOptions): () => void {
  const { socket } = request;
  let isOver = false;
  const over = (failure: Outcome | null): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    stopReading();
    // A kept-alive connection carries many requests, each with a watch of its own.
    socket.off("close", onClose);
    onOver();
    if (failure !== null) onFailure(failure);
  };
  const look = async (): Promise<void> => {
    const fault = await onSlow();
    if (fault === null || isOver) return;
    over(fault);
    socket.destroy();
  };
  // A browser that closes its page ends the connection; a connection that was destroyed did not come about.
  const onClose = (): void => over(socket.readableEnded ? null : "closed");
  const timer = slowAfterMs === null ? undefined : setTimeout(() => void look(), slowAfterMs).unref();
  const stopReading = onFirstWrite(socket, (head) => {
    const failure = failureIn(head, isHttp ? socket : null);
    over(failure);
    // An error page would look like the site's own to the project's code: a failed navigation does not.
    return failure !== null;
  });
  socket.once("close", onClose);
  return () => over(null);
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
