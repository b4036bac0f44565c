/**
 * A whole `latchkey run` that finds its login saved, beside a bare Puppeteer script that launches, logs in and does the same.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findBrowser } from "../runtime/browser/find-browser.ts";
import { startVerdaccio, VERDACCIO_USER } from "../test/targets/verdaccio.ts";
import { median, ms, printTable, ratio, timeMs } from "./measure.ts";

const REPEATS = 5;

const root = join(import.meta.dirname, "..");
const dir = await mkdtemp(join(root, ".latchkey-bench-"));
for (const name of ["api", "auth-sessions", "latchkey.jsonc"]) await cp(join(root, name), join(dir, name), { recursive: true });
await using verdaccio = await startVerdaccio();
const { executablePath } = await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: null });
await writeFile(
  join(dir, "bare.mjs"),
  `import puppeteer from "puppeteer-core";
const browser = await puppeteer.launch({ executablePath: ${JSON.stringify(executablePath)}, headless: "shell", args: ${JSON.stringify(process.getuid?.() === 0 ? ["--no-sandbox"] : [])} });
const page = await browser.newPage();
await page.goto(${JSON.stringify(verdaccio.url)});
await page.locator("[data-testid='header--button-login']").click();
await page.locator("#login--dialog-username").fill(${JSON.stringify(VERDACCIO_USER.username)});
await page.locator("#login--dialog-password").fill(${JSON.stringify(VERDACCIO_USER.password)});
await page.locator("[role=dialog] form button:not([disabled])").click();
await page.waitForSelector("#header--button-account");
const packages = page.waitForResponse((response) => response.url().includes("/-/verdaccio/data/packages"));
await page.goto(${JSON.stringify(verdaccio.url)});
console.log(JSON.stringify(await (await packages).json()));
await browser.close();
`,
);
const env = { ...process.env, XDG_CONFIG_HOME: join(dir, ".config") };
const run = (file: string, args: readonly string[], input?: string): Promise<number> =>
  timeMs(async () => {
    const { status, stderr } = spawnSync(process.execPath, [file, ...args], { cwd: dir, env, input, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  });
const cli = join(root, "bin", "latchkey.js");
await run(cli, ["auth", "create", "demo", "-"], JSON.stringify({ baseUrl: verdaccio.url, ...VERDACCIO_USER }));
const figures = { bare: [] as number[], checked: [] as number[], trusted: [] as number[] };
for (let repeat = 0; repeat <= REPEATS; repeat++) {
  const round = { bare: await run(join(dir, "bare.mjs"), []), checked: await run(cli, ["run", "packages/list", "--auth-session", "demo"]), trusted: await run(cli, ["run", "packages/list", "--auth-session", "demo", "--no-check"]) };
  // The first round warms the caches of the machine.
  if (repeat > 0) for (const key of ["bare", "checked", "trusted"] as const) figures[key].push(round[key]);
}
const [bare, checked, trusted] = [median(figures.bare), median(figures.checked), median(figures.trusted)];
printTable(`A cold command, start to end (median of ${REPEATS})`, [
  ["bare Puppeteer script that logs in", "latchkey run, login checked", "ratio", "latchkey run --no-check", "ratio"],
  [ms(bare), ms(checked), ratio(checked / bare), ms(trusted), ratio(trusted / bare)],
]);
await rm(dir, { recursive: true, force: true });
