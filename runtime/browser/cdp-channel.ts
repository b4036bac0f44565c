import type { Readable, Writable } from "node:stream";
import type { ConnectionTransport } from "puppeteer-core";

/** Messages to and from one Chrome, whole and in order. */
export type CdpChannel = ConnectionTransport;

/** Chrome's own pipe: JSON messages that end with a NUL byte, on two file descriptors. */
export function openPipeChannel(input: Writable, output: Readable): CdpChannel {
  const channel: CdpChannel = {
    send: (message) => void input.write(`${message}\0`),
    close: () => {
      input.destroy();
      output.destroy();
    },
  };
  let pending: Buffer[] = [];
  output.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      pending.push(chunk.subarray(start, end));
      const message = Buffer.concat(pending).toString("utf8");
      pending = [];
      start = end + 1;
      deliver(channel, message);
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  });
  output.on("close", () => channel.onclose?.());
  output.on("error", () => channel.onclose?.());
  input.on("error", () => channel.onclose?.());
  return channel;
}

/**
 * A browser that somebody else runs, reached by its WebSocket address.
 *
 * @throws Error when it cannot be reached.
 */
export async function openWebSocketChannel(url: string): Promise<CdpChannel> {
  const socket = new WebSocket(url);
  const opened = Promise.withResolvers<void>();
  socket.addEventListener("open", () => opened.resolve(), { once: true });
  socket.addEventListener("error", () => opened.reject(new Error("the WebSocket cannot be opened")), { once: true });
  await opened.promise;
  const channel: CdpChannel = { send: (message) => socket.send(message), close: () => socket.close() };
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => deliver(channel, String(data)));
  socket.addEventListener("close", () => channel.onclose?.());
  return channel;
}

/** Puppeteer expects each message in a turn of its own, as from its own transports: what it awaits must be settled before the next one. */
function deliver(channel: CdpChannel, message: string): void {
  setImmediate(() => channel.onmessage?.(message));
}
