import { request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** What came back through a proxy. `status` is null when the connection ended without an answer. */
export interface Answer {
  readonly status: number | null;
  readonly body: string;
}

/** Asks for a page as a browser asks its proxy: the whole address for http, a tunnel for everything else. */
export async function get(proxyUrl: string, url: string, as: "plain" | "tunnel"): Promise<Answer> {
  const { host, pathname } = new URL(url);
  if (as === "plain") return ask(proxyUrl, { path: url, headers: { host }, agent: false });
  const tunnel = await openTunnel(proxyUrl, host);
  if (tunnel.socket === null) return { status: tunnel.status, body: "" };
  const { socket } = tunnel;
  return ask(url, { path: pathname, createConnection: () => socket }).finally(() => socket.destroy());
}

/** Opens a tunnel; the socket is null where the proxy did not open it. */
export async function openTunnel(proxyUrl: string, target: string): Promise<{ readonly status: number | null; readonly socket: Socket | null }> {
  return new Promise((resolve) => {
    const connecting = request(proxyUrl, { method: "CONNECT", path: target, headers: { host: target }, agent: false });
    connecting.once("connect", (response: IncomingMessage, socket: Socket) => {
      socket.on("error", () => socket.destroy());
      if (response.statusCode !== 200) socket.destroy();
      resolve({ status: response.statusCode ?? null, socket: response.statusCode === 200 ? socket : null });
    });
    connecting.once("error", () => resolve({ status: null, socket: null }));
    connecting.end();
  });
}

function ask(url: string, options: { readonly path: string; readonly headers?: { readonly host: string }; readonly agent?: false; readonly createConnection?: () => Socket }): Promise<Answer> {
  return new Promise((resolve) => {
    const asking = request(url, options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.once("close", () => resolve({ status: response.statusCode ?? null, body }));
    });
    asking.once("error", () => resolve({ status: null, body: "" }));
    asking.end();
  });
}
