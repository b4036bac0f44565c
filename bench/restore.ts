/**
 * Restoring a login of N origins x 20 keys x 1 KB: Latchkey beside Playwright's `newContext({ storageState })`,
 * in turn, in one run, with the same Chromium.
 *
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright-core";
import { attachStorageState } from "../runtime/auth-sessions/state/attach-storage-state.ts";
import { findBrowser } from "../runtime/browser/find-browser.ts";
import type { StorageState } from "../runtime/model/storage-state.ts";
import { leaseForTest } from "../test/support/lease.ts";
import { median, ms, printTable, ratio, timeMs } from "./measure.ts";

const REPEATS = 5;

const site = createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>site</p>"));
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
const { executablePath } = await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: null });
const playwright = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
const test = await leaseForTest();

const rows: string[][] = [["origins", "Playwright ready", "Latchkey ready", "ratio", "Playwright +goto", "Latchkey +goto", "ratio"]];
for (const count of [1, 5, 20, 50]) {
  const state = stateOf(count);
  const figures = { theirReady: [] as number[], ourReady: [] as number[], theirGoto: [] as number[], ourGoto: [] as number[] };
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    let goto = 0;
    const theirs = await timeMs(async () => {
      const context = await playwright.newContext({ storageState: { cookies: [], origins: state.origins.map(({ origin: name, localStorage }) => ({ origin: name, localStorage: [...localStorage] })) } });
      const page = await context.newPage();
      goto = await timeMs(() => page.goto(origin));
      if ((await page.evaluate("localStorage.length")) !== 20) throw new Error("Playwright did not restore it");
      void context.close();
    });
    figures.theirReady.push(theirs - goto);
    figures.theirGoto.push(theirs);
    const ours = await timeMs(async () => {
      const leased = await test.lease.openContext({ deadline: test.deadline, upstream: null });
      const attached = await attachStorageState({ leased, state, passkeys: false, deadline: test.deadline, log: () => undefined });
      const page = await leased.context.newPage();
      await attached.preparePage(page);
      goto = await timeMs(() => page.goto(origin));
      if ((await page.evaluate("localStorage.length")) !== 20) throw new Error("Latchkey did not restore it");
      void attached[Symbol.asyncDispose]().then(() => leased[Symbol.asyncDispose]());
    });
    figures.ourReady.push(ours - goto);
    figures.ourGoto.push(ours);
  }
  const [theirReady, ourReady, theirGoto, ourGoto] = [median(figures.theirReady), median(figures.ourReady), median(figures.theirGoto), median(figures.ourGoto)];
  rows.push([String(count), ms(theirReady), ms(ourReady), ratio(theirReady / ourReady), ms(theirGoto), ms(ourGoto), ratio(theirGoto / ourGoto)]);
}
printTable(`Restoring a login (20 keys x 1 KB for each origin, median of ${REPEATS})`, rows);
await playwright.close();
await test[Symbol.asyncDispose]();
site.close();

function stateOf(count: number): StorageState {
  const localStorage = Array.from({ length: 20 }, (_, key) => ({ name: `key-${key}`, value: "x".repeat(1024) }));
  return { cookies: [], origins: Array.from({ length: count }, (_, index) => ({ origin: index === 0 ? origin : `http://site-${index}.example`, localStorage })) };
}
