import { Socket } from "node:net";
import type { ConnectionTransport } from "puppeteer-core";
import { CDP_FD } from "../model/worker-protocol.ts";

/** Puppeteer's way to Chrome: the parent's relay on {@link CDP_FD}. */
export function openCdpTransport(): ConnectionTransport {
  const socket = new Socket({ fd: CDP_FD, readable: true, writable: true });
  const transport: ConnectionTransport = {
    send: (message) => void socket.write(`${message}\0`),
    close: () => void socket.end(),
  };
  let pending: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      pending.push(chunk.subarray(start, end));
      const message = Buffer.concat(pending).toString("utf8");
      pending = [];
      start = end + 1;
      // Puppeteer expects each message in a turn of its own, as from its own pipe.
      setImmediate(() => transport.onmessage?.(message));
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  });
  socket.on("close", () => transport.onclose?.());
  socket.on("error", () => transport.onclose?.());
  // A page that stays open must not keep this process alive; the parent says when it ends.
  socket.unref();
  return transport;
}
