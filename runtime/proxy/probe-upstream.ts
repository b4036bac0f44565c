import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { UpstreamProxy } from "../model/proxy.ts";

/** What is wrong with an upstream. */
export type UpstreamFault = "PROXY_UNREACHABLE" | "PROXY_AUTH_FAILED" | "PROXY_TIMEOUT";

const SOCKS_VERSION = 5;
const METHOD_NONE = 0;
const METHOD_PASSWORD = 2;
const AUTH_VERSION = 1;
const HTTP_STATUS = /^HTTP\/1\.\d (\d{3})/;

/**
 * Opens one connection to an upstream to see whether it is there, answers, and takes the credentials.
 * Nothing is asked of any site.
 *
 * @returns null when the upstream is well, so that the site is to blame.
 */
export async function probeUpstream(upstream: UpstreamProxy, timeoutMs: number): Promise<UpstreamFault | null> {
  const url = new URL(upstream.url);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isTls = url.protocol === "https:";
  const port = Number(url.port === "" ? (isTls ? 443 : 80) : url.port);
  const socket = isTls ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) }) : connect({ host, port });
  const verdict = Promise.withResolvers<UpstreamFault | null>();
  const timer = setTimeout(() => verdict.resolve("PROXY_TIMEOUT"), timeoutMs);
  socket.once("error", () => verdict.resolve("PROXY_UNREACHABLE"));
  socket.once(isTls ? "secureConnect" : "connect", () => {
    const greeting = url.protocol === "socks4:" ? Promise.resolve(null) : url.protocol.startsWith("socks") ? greetSocks(socket, url) : greetHttp(socket, url);
    greeting.then(verdict.resolve, () => verdict.resolve("PROXY_UNREACHABLE"));
  });
  try {
    return await verdict.promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Any answer shows that an HTTP proxy is well, unless it is about the credentials: `OPTIONS *` asks the proxy itself (RFC 9110, 9.3.7). */
async function greetHttp(socket: Socket, url: URL): Promise<UpstreamFault | null> {
  const credentials = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString("base64");
  socket.write(`OPTIONS * HTTP/1.1\r\nHost: ${url.host}\r\n${url.username === "" ? "" : `Proxy-Authorization: Basic ${credentials}\r\n`}Connection: close\r\n\r\n`);
  const status = HTTP_STATUS.exec((await readBytes(socket, 12)).toString("latin1"))?.[1];
  return status === "407" ? "PROXY_AUTH_FAILED" : null;
}

/** RFC 1928, RFC 1929. */
async function greetSocks(socket: Socket, url: URL): Promise<UpstreamFault | null> {
  const methods = url.username === "" ? [METHOD_NONE] : [METHOD_NONE, METHOD_PASSWORD];
  socket.write(Buffer.from([SOCKS_VERSION, methods.length, ...methods]));
  const method = (await readBytes(socket, 2))[1];
  if (method === METHOD_NONE) return null;
  if (method !== METHOD_PASSWORD || url.username === "") return "PROXY_AUTH_FAILED";
  const user = Buffer.from(decodeURIComponent(url.username));
  const password = Buffer.from(decodeURIComponent(url.password));
  socket.write(Buffer.concat([Buffer.from([AUTH_VERSION, user.length]), user, Buffer.from([password.length]), password]));
  // Some servers hang up on a wrong password without saying so.
  const answer = await readBytes(socket, 2).catch(() => null);
  return answer?.[1] === 0 ? null : "PROXY_AUTH_FAILED";
}

/** @throws Error when the other side closes before it sent so many. */
async function readBytes(socket: Socket, length: number): Promise<Buffer> {
  let read = Buffer.alloc(0);
  const done = Promise.withResolvers<void>();
  const onData = (chunk: Buffer): void => {
    read = Buffer.concat([read, chunk]);
    if (read.length >= length) done.resolve();
  };
  socket.on("data", onData);
  for (const event of ["end", "close"]) socket.once(event, () => done.reject(new Error("closed")));
  try {
    await done.promise;
    return read;
  } finally {
    socket.off("data", onData);
  }
}
