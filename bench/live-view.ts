/**
 * The live view over loopback: frames a second of a page that moves, and how soon what a person does is seen.
 *
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { startHosted } from "../test/support/hosted.ts";
import { connectLive, type LiveClient } from "../test/support/live-client.ts";
import { median, ms, printTable } from "./measure.ts";
import { percentile } from "./percentile.ts";

const WATCHED_MS = 5_000;
const REPEATS = 60;
const PAUSE_MS = 150;
const PAGES: Readonly<Record<string, string>> = {
  "/moving": `<title>Moving</title><style>@keyframes turn { to { transform: rotate(1turn) } } div { width: 400px; height: 400px; background: linear-gradient(red, blue); animation: turn 2s linear infinite }</style><div></div>${"<p>Lorem ipsum dolor sit amet</p>".repeat(20)}`,
  "/still": `<title>Still</title><style>html { height: 100%; background: white }</style>${"<p>Lorem ipsum dolor sit amet</p>".repeat(20)}<script>let n = 0; addEventListener("mousedown", () => { document.documentElement.style.background = n++ % 2 === 0 ? "gold" : "white"; });</script>`,
};

const site = createServer((request, response) => response.writeHead(200, { "content-type": "text/html" }).end(PAGES[request.url ?? ""] ?? ""));
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

{
  await using hosted = await startHosted({ slots: 2, env: { LATCHKEY_LOG_LEVEL: "error" } });
  const record = async (id: string, path: string): Promise<LiveClient> => {
    const { body } = await hosted.request("POST", "auth-sessions/record", { id, startUrl: `${url}${path}` });
    const runId = String(body["operationId"]);
    const viewer = await connectLive(`${hosted.url}/api/v1/workspace/default/projects/hosted/runs/${runId}/live`, { "x-api-key": hosted.key });
    await hosted.until(runId, ({ status }) => status === "awaiting-input");
    await viewer.until("a first frame", () => viewer.frames.length > 0);
    return viewer;
  };

  const moving = await record("moving", "/moving");
  const before = moving.frames.length;
  await delay(WATCHED_MS);
  const frames = moving.frames.slice(before);
  moving.send({ type: "cancel" });
  await moving.closed;

  const still = await record("still", "/still");
  const latencies: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    // Whatever the last click moved is over: the next frame is this click's.
    await delay(PAUSE_MS);
    const seen = still.frames.length;
    const begin = performance.now();
    still.send({ type: "mouse", event: "pressed", x: 300, y: 300, button: "left", clickCount: 1 });
    await still.until("the frame of a click", () => still.frames.length > seen);
    latencies.push(performance.now() - begin);
    still.send({ type: "mouse", event: "released", x: 300, y: 300, button: "left", clickCount: 1 });
  }
  still.send({ type: "cancel" });
  await still.closed;
  printTable(`Live view over loopback (${REPEATS} clicks)`, [
    ["", "median", "p95"],
    ["input to its frame", ms(median(latencies)), ms(percentile(latencies, 0.95))],
    ["size of a frame (KiB)", (median(frames.map(({ length }) => length)) / 1_024).toFixed(0), (percentile(frames.map(({ length }) => length), 0.95) / 1_024).toFixed(0)],
    ["frames a second", (frames.length / (WATCHED_MS / 1_000)).toFixed(1), ""],
  ]);
}
site.close();
