import type { Duplex } from "node:stream";
import type { ConnectionTransport } from "puppeteer-core";

/** A message of the child may be this long; a page's whole content, or a file that is uploaded, fits. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Passes messages between the child's socket and its connection to Chrome, until one side closes. */
export function relayCdp(socket: Duplex, transport: ConnectionTransport): void {
  transport.onmessage = (message) => {
    if (socket.writable) socket.write(`${message}\0`);
  };
  transport.onclose = () => void socket.end();
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  socket.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      pending.push(chunk.subarray(start, end));
      transport.send(Buffer.concat(pending).toString("utf8"));
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
  socket.on("close", () => transport.close());
  socket.on("error", () => transport.close());
}
