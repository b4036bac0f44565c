/**
 * What the loopback proxy costs: requests of a page, direct and through a listener, in turn.
 *
 * @module
 */
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { openListener } from "../runtime/proxy/listener.ts";
import { median, ms, printTable, ratio, timeMs } from "./measure.ts";

const REQUESTS = 300;

const site = createServer((_request, response) => response.end("x".repeat(10_000)));
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const target = new URL(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
const rows: string[][] = [["", "direct", "through the listener", "ratio"]];
for (const keepAlive of [true, false]) {
  const opened: number[] = [];
  const direct: number[] = [];
  const proxied: number[] = [];
  let proxy: URL | null = null;
  await using listener = await (async () => {
    let made!: Awaited<ReturnType<typeof openListener>>;
    opened.push(await timeMs(async () => void (made = await openListener({ policy: { allowHosts: [], denyHosts: [], allowPrivate: true } }))));
    return made;
  })();
  proxy = new URL(listener.url);
  const agents = { direct: new Agent({ keepAlive }), proxied: new Agent({ keepAlive }) };
  for (let index = 0; index < REQUESTS; index++) {
    direct.push(await timeMs(() => get({ host: target.hostname, port: target.port, path: "/", agent: agents.direct })));
    proxied.push(await timeMs(() => get({ host: proxy.hostname, port: proxy.port, path: target.href, headers: { host: target.host }, agent: agents.proxied })));
  }
  agents.direct.destroy();
  agents.proxied.destroy();
  rows.push([keepAlive ? "kept connection" : "new connection", ms(median(direct)), ms(median(proxied)), ratio(median(proxied) / median(direct))]);
}
printTable(`A request of 10 KB (median of ${REQUESTS})`, rows);
site.close();

function get(options: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      response.resume();
      response.on("end", () => resolve());
    });
    sent.on("error", reject);
    sent.end();
  });
}
