import { Socket } from "node:net";
import type { ConnectionTransport } from "puppeteer-core";
import { CDP_FD, NEW_CONNECTION } from "../model/worker-protocol.ts";

/** Puppeteer's ways to Chrome: connections through the parent's relay on {@link CDP_FD}, one after the other. */
export interface CdpConnections {
  /** A new connection; the one before falls silent. */
  open(): ConnectionTransport;
}

/** Opens the relay of this process. */
export function openCdpConnections(): CdpConnections {
  const socket = new Socket({ fd: CDP_FD, readable: true, writable: true });
  let current: ConnectionTransport | null = null;
  // The parent marks where a connection begins; one is begun for each that is opened here, in the same order.
  let begun = 0;
  let opened = 0;
  let early: string[] = [];
  const onMessage = (message: string): void => {
    if (message === NEW_CONNECTION) {
      begun += 1;
      early = [];
    } else if (begun > opened) early.push(message);
    else if (begun === opened) deliver(message);
  };
  const deliver = (message: string): void => {
    const transport = current;
    // Puppeteer expects each message in a turn of its own, as from its own pipe.
    setImmediate(() => transport?.onmessage?.(message));
  };
  let pending: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      pending.push(chunk.subarray(start, end));
      const message = Buffer.concat(pending).toString("utf8");
      pending = [];
      start = end + 1;
      onMessage(message);
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  });
  socket.on("close", () => current?.onclose?.());
  socket.on("error", () => current?.onclose?.());
  // A page that stays open must not keep this process alive; the parent says when it ends.
  socket.unref();
  return {
    open() {
      opened += 1;
      socket.write(`${NEW_CONNECTION}\0`);
      const transport: ConnectionTransport = {
        send: (message) => {
          if (current === transport) socket.write(`${message}\0`);
        },
        close: () => {
          if (current === transport) current = null;
        },
      };
      current = transport;
      for (const message of early.splice(0)) deliver(message);
      return transport;
    },
  };
}
