/**
 * How soon the dashboard's first page can be used, over loopback: from the request until signing in is possible, without
 * and with the browser's cache, and from signing in until the home page says what needs attention.
 *
 * @module
 */
import puppeteer from "puppeteer-core";
import { findBrowser } from "../runtime/browser/find-browser.ts";
import { startHosted } from "../test/support/hosted.ts";
import { median, ms, printTable, timeMs } from "./measure.ts";
import { percentile } from "./percentile.ts";

const REPEATS = 10;

await using hosted = await startHosted({ slots: 0, env: { LATCHKEY_LOG_LEVEL: "error" } });
const { executablePath } = await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: process.env["LATCHKEY_BROWSER"] ?? null });
const browser = await puppeteer.launch({ executablePath, headless: "shell", pipe: true, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
const [cold, warm, home]: [number[], number[], number[]] = [[], [], []];
for (let repeat = -1; repeat < REPEATS; repeat++) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const open = (): Promise<number> =>
    timeMs(async () => {
      await page.goto(hosted.url);
      await page.locator("::-p-aria(API key)").wait();
    });
  const round = [
    await open(),
    await open(),
    await timeMs(async () => {
      await page.type("::-p-aria(API key)", hosted.key);
      await page.keyboard.press("Enter");
      await page.locator("main h1").wait();
    }),
  ] as const;
  if (repeat >= 0) for (const [index, figures] of [cold, warm, home].entries()) figures.push(round[index] ?? 0);
  await context.close();
}
printTable(`The dashboard over loopback (${REPEATS} of each)`, [
  ["", "median", "p95"],
  ...([["first page, nothing cached", cold], ["first page, cached", warm], ["from typing the key to the home page", home]] as const).map(([name, figures]) => [name, ms(median(figures)), ms(percentile(figures, 0.95))]),
]);
await browser.close();
