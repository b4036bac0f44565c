import type { Duplex } from "node:stream";
import type { ConnectionTransport } from "puppeteer-core";
import { NEW_CONNECTION } from "../model/worker-protocol.ts";

/** A message of the child may be this long; a page's whole content, or a file that is uploaded, fits. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Passes messages between the child's socket and its connections to Chrome, one after the other. */
export interface CdpRelay {
  /** Uses a new connection from now on; the old one is closed. */
  switchTo(transport: ConnectionTransport): void;
}

/** A relay for one child, until its socket closes. */
export function relayCdp(socket: Duplex): CdpRelay {
  let current: ConnectionTransport | null = null;
  // Until the child has taken the new connection over, what it says is meant for the old one.
  let isTaken = false;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const onMessage = (message: string): void => {
    if (message === NEW_CONNECTION) isTaken = true;
    else if (isTaken) current?.send(message);
  };
  socket.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      pending.push(chunk.subarray(start, end));
      onMessage(Buffer.concat(pending).toString("utf8"));
      pending = [];
      pendingBytes = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
      pendingBytes += chunk.length - start;
      if (pendingBytes > MAX_MESSAGE_BYTES) socket.destroy();
    }
  });
  socket.on("close", () => current?.close());
  socket.on("error", () => current?.close());
  return {
    switchTo(transport) {
      current?.close();
      current = transport;
      isTaken = false;
      socket.write(`${NEW_CONNECTION}\0`);
      transport.onmessage = (message) => {
        if (current === transport && socket.writable) socket.write(`${message}\0`);
      };
      transport.onclose = () => {
        if (current === transport) socket.end();
      };
    },
  };
}
