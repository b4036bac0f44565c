import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { UpstreamProxy } from "../model/proxy.ts";

/** What is wrong with an upstream; `fine`: it works, so the site is to blame. */
export type UpstreamVerdict = "fine" | "PROXY_UNREACHABLE" | "PROXY_AUTH_FAILED" | "PROXY_TIMEOUT";

const SOCKS_VERSION = 5;
const METHOD_NONE = 0;
const METHOD_PASSWORD = 2;
const AUTH_VERSION = 1;

/** Opens one connection to an upstream to see whether it is there and takes the credentials (RFC 1928, RFC 1929). */
export async function probeUpstream(upstream: UpstreamProxy, timeoutMs: number): Promise<UpstreamVerdict> {
  const url = new URL(upstream.url);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port);
  const socket = url.protocol === "https:" ? connectTls({ host, port, servername: host }) : connect({ host, port });
  const verdict = Promise.withResolvers<UpstreamVerdict>();
  socket.setTimeout(timeoutMs, () => verdict.resolve("PROXY_TIMEOUT"));
  socket.once("error", () => verdict.resolve("PROXY_UNREACHABLE"));
  socket.once("close", () => verdict.resolve("PROXY_UNREACHABLE"));
  socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
    if (url.protocol.startsWith("socks") && url.protocol !== "socks4:") void greetSocks(socket, url).then(verdict.resolve, () => verdict.resolve("PROXY_UNREACHABLE"));
    else verdict.resolve("fine");
  });
  try {
    return await verdict.promise;
  } finally {
    socket.destroy();
  }
}

async function greetSocks(socket: Socket, url: URL): Promise<UpstreamVerdict> {
  const methods = url.username === "" ? [METHOD_NONE] : [METHOD_NONE, METHOD_PASSWORD];
  socket.write(Buffer.from([SOCKS_VERSION, methods.length, ...methods]));
  const method = (await nextChunk(socket))[1];
  if (method === METHOD_NONE) return "fine";
  if (method !== METHOD_PASSWORD || url.username === "") return "PROXY_AUTH_FAILED";
  const user = Buffer.from(decodeURIComponent(url.username));
  const password = Buffer.from(decodeURIComponent(url.password));
  socket.write(Buffer.concat([Buffer.from([AUTH_VERSION, user.length]), user, Buffer.from([password.length]), password]));
  return (await nextChunk(socket))[1] === 0 ? "fine" : "PROXY_AUTH_FAILED";
}

async function nextChunk(socket: Socket): Promise<Buffer> {
  const chunk = Promise.withResolvers<Buffer>();
  socket.once("data", (data: Buffer) => chunk.resolve(data));
  socket.once("end", () => chunk.reject(new Error("closed")));
  return chunk.promise;
}
