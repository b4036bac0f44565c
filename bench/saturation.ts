/**
 * Runs a minute when there is more work than room: the hosted runtime, Crawlee's PuppeteerCrawler, and a bare loop that
 * launches a browser for each item. The same pages, two at a time.
 *
 * @module
 */
import { Configuration, PuppeteerCrawler } from "@crawlee/puppeteer";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import puppeteer from "puppeteer-core";
import { findBrowser } from "../runtime/browser/find-browser.ts";
import { startHosted } from "../test/support/hosted.ts";
import { printTable, ratio, timeMs } from "./measure.ts";

const ITEMS = 60;
const AT_ONCE = 2;

const site = createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Page</title><p>Some text</p>"));
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
const { executablePath } = await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: null });
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

const hosted = await startHosted({ slots: AT_ONCE, env: { LATCHKEY_LOG_LEVEL: "error" } });
await hosted.ended(await hosted.start("visits", { url }));
const latchkeyMs = await timeMs(async () => {
  const runs = await Promise.all(Array.from({ length: ITEMS }, () => hosted.start("visits", { url })));
  for (const runId of runs) if ((await hosted.ended(runId, 300_000))["result"] !== "Page") throw new Error("A run did not end as it should.");
});
await hosted[Symbol.asyncDispose]();

let crawled = 0;
const crawler = new PuppeteerCrawler(
  { launchContext: { launcher: puppeteer as never, launchOptions: { executablePath, headless: "shell", args } }, minConcurrency: AT_ONCE, maxConcurrency: AT_ONCE, async requestHandler({ page }) { if ((await page.title()) === "Page") crawled += 1; } },
  new Configuration({ persistStorage: false, logLevel: 0 as never }),
);
const crawleeMs = await timeMs(() => crawler.run(Array.from({ length: ITEMS }, (_value, number) => ({ url, uniqueKey: String(number) }))));
if (crawled !== ITEMS) throw new Error(`Crawlee ended with ${crawled} of ${ITEMS}.`);

const bareMs = await timeMs(async () => {
  let left = ITEMS;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const browser = await puppeteer.launch({ executablePath, headless: "shell", args });
        const page = await browser.newPage();
        await page.goto(url);
        if ((await page.title()) !== "Page") throw new Error("The page was not opened.");
        await browser.close();
      }
    }),
  );
});
site.closeAllConnections();
site.close();

const perMinute = (durationMs: number): number => (ITEMS / durationMs) * 60_000;
printTable(`Runs a minute at saturation, ${AT_ONCE} at a time on this machine (${ITEMS} items, one page each)`, [
  ["", "runs a minute", "beside Latchkey"],
  ["Latchkey: a fresh browser and process for each, recorded", perMinute(latchkeyMs).toFixed(0), "1"],
  ["bare loop: a fresh browser for each, nothing recorded", perMinute(bareMs).toFixed(0), ratio(latchkeyMs / bareMs)],
  ["Crawlee: one browser for all, nothing isolated", perMinute(crawleeMs).toFixed(0), ratio(latchkeyMs / crawleeMs)],
]);
process.exit();
