import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { findBrowser } from "../../runtime/browser/find-browser.ts";
import { startHosted, type Hosted, type HostedOptions } from "./hosted.ts";

/** Where pictures of every page are kept, to be looked at. */
const PICTURES = join(import.meta.dirname, "../../test-results/dashboard");
const PATIENCE_MS = 30_000;
const DESKTOP = { width: 1_280, height: 720 };
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A person at the dashboard of a real server. */
export interface Dashboard extends AsyncDisposable {
  readonly hosted: Hosted;
  readonly page: Page;
  /** What went wrong in the page itself: exceptions, refused by the content security policy. */
  readonly problems: readonly string[];
  /** Opens a page below the server's root and waits until it shows what it has. */
  open(path: string): Promise<void>;
  /** Does so as somebody who is signed in. */
  signIn(): Promise<void>;
  click(name: string | RegExp, role?: string): Promise<void>;
  /** Fills in the field of that label. */
  fill(label: string, value: string): Promise<void>;
  choose(label: string, option: string): Promise<void>;
  /** Waits until the page shows the text. */
  sees(text: string | RegExp): Promise<void>;
  /** Waits until another page than that is open. */
  leaves(url: string): Promise<void>;
  /** A browser that shares nothing with this one. */
  stranger(): Promise<{ readonly page: Page } & AsyncDisposable>;
  /** Serious mistakes that axe finds, and pictures in both sizes and both colour schemes. */
  inspect(name: string): Promise<readonly string[]>;
}

/** Starts a server with its dashboard, and a browser. */
export async function startDashboard(options: HostedOptions = {}): Promise<Dashboard> {
  const hosted = await startHosted(options);
  const browser = await launch();
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error instanceof Error ? error.message : String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Uncaught|Warning:/.test(message.text())) problems.push(message.text());
  });
  await page.setViewport(DESKTOP);
  const dashboard: Dashboard = {
    hosted,
    page,
    problems,
    async open(path) {
      await page.goto(`${hosted.url}${path}`);
      await settled(page);
    },
    async signIn() {
      await dashboard.open("/");
      await dashboard.fill("API key", hosted.key);
      await dashboard.click("Sign in");
      await page.waitForSelector("nav");
      await settled(page);
    },
    click: (name, role = "button") => within(page, `clicking the ${role} ${String(name)}`, clickIn, role, sourceOf(name)),
    async fill(label, value) {
      await page.locator(`::-p-aria(${label})`).setTimeout(PATIENCE_MS).fill(value);
    },
    async choose(label, option) {
      await page.locator(`::-p-aria([name="${label}"][role="combobox"]), ::-p-aria([name="${label}"][role="textbox"])`).setTimeout(PATIENCE_MS).click();
      await dashboard.click(option, "option");
    },
    sees: (text) => within(page, `seeing ${String(text)}`, seesIn, sourceOf(text)),
    leaves: (url) => within(page, `leaving ${url}`, (from) => location.href !== from, url),
    async stranger() {
      const context = await browser.createBrowserContext();
      const other = await context.newPage();
      await other.setViewport(DESKTOP);
      return { page: other, [Symbol.asyncDispose]: () => context.close() };
    },
    inspect: (name) => inspect(page, name),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await hosted[Symbol.asyncDispose]();
    },
  };
  return dashboard;
}

/** What a page shows is complete: nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await within(page, "loading", () => document.querySelector("h1") !== null && document.querySelector("[aria-busy=true], [data-loading=true], .mantine-Skeleton-root") === null && document.getAnimations().every((animation) => animation.playState !== "running" || animation.effect?.getComputedTiming().iterations === Infinity));
}

/** The live view shows a picture, with nothing before it. */
export async function pictured(page: Page): Promise<void> {
  await within(page, "a live picture", () => {
    const view = document.querySelector<HTMLElement>("section[aria-label='Live view'][data-state='live']");
    return view !== null && !/Waits for|Connecting|trying again/.test(view.innerText);
  });
}

async function launch(): Promise<Browser> {
  const { executablePath } = await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: process.env["LATCHKEY_BROWSER"] ?? null });
  return puppeteer.launch({ executablePath, headless: "shell", pipe: true, args: ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--force-prefers-reduced-motion"] });
}

/** Texts become patterns of themselves. */
function sourceOf(text: string | RegExp): string {
  return typeof text === "string" ? `^${RegExp.escape(text)}$` : text.source;
}

/** Asks the page again and again. Puppeteer's own waiting compiles code in the page, which the dashboard's policy forbids. */
async function within(page: Page, what: string, holds: (...args: string[]) => boolean, ...args: string[]): Promise<void> {
  const endsAtMs = performance.now() + PATIENCE_MS;
  // A page that is just being left cannot answer.
  while (!(await page.evaluate(holds, ...args).catch(() => false))) {
    if (performance.now() > endsAtMs) {
      await mkdir(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, "failure.png") });
      throw new Error(`Not done: ${what}. The page ${page.url()} shows:\n${(await page.evaluate(() => document.body.innerText)).slice(0, 3_000)}`);
    }
    await delay(50);
  }
}

/** Runs in the page. */
function seesIn(source = ""): boolean {
  const pattern = new RegExp(source.replace(/^\^|\$$/g, ""));
  return pattern.test(document.body.innerText);
}

/** Runs in the page: clicks what can be clicked, as soon as it can be. */
function clickIn(role = "", source = ""): boolean {
  const pattern = new RegExp(source);
  const tags: Readonly<Record<string, string>> = { button: "button", link: "a[href]", heading: "h1, h2, h3", checkbox: "input[type=checkbox]", radio: "input[type=radio]" };
  const nameOf = (element: Element): string => (element.getAttribute("aria-label") ?? (element instanceof HTMLInputElement ? element.labels?.[0] : undefined)?.textContent ?? element.textContent).trim().replaceAll(/\s+/g, " ");
  const found = [...document.querySelectorAll<HTMLElement>(`[role="${role}"]${tags[role] === undefined ? "" : `, ${tags[role]}`}`)].filter((element) => pattern.test(nameOf(element)) && element.getClientRects().length > 0 && !element.matches(":disabled, [aria-disabled=true], [data-loading=true]"));
  // What is in an open dialog is meant before what is behind it.
  const element = found.find((one) => one.closest("[role=dialog], [role=menu], [role=listbox]") !== null) ?? found[0];
  element?.click();
  return element !== undefined;
}

async function inspect(page: Page, name: string): Promise<readonly string[]> {
  await mkdir(PICTURES, { recursive: true });
  const found: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const [size, viewport] of [["desktop", DESKTOP], ["phone", PHONE]] as const) {
      // Emulating touch would load the page again; its width is what matters here.
      await page.setViewport({ width: viewport.width, height: viewport.height });
      // Colours change gradually; two frames later it is known that they do.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await settled(page);
      await page.screenshot({ path: join(PICTURES, `${name}-${size}-${scheme}.png`), fullPage: size === "phone" });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 1) found.push(`${name} (${size}): ${wide} pixels wider than the window`);
      found.push(...(await axe(page)).map((mistake) => `${name} (${size}, ${scheme}): ${mistake}`));
    }
  }
  await page.setViewport(DESKTOP);
  return found;
}

async function axe(page: Page): Promise<readonly string[]> {
  // The policy of the dashboard lets no script in but its own; the debugger may.
  const session = await page.createCDPSession();
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as unknown;
  };
  await evaluate(AXE);
  const mistakes = await evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => JSON.stringify(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => id + ": " + nodes.map(({ target, failureSummary }) => target.join(" ") + " " + failureSummary).slice(0, 3).join("; "))))`);
  await session.detach();
  return JSON.parse(String(mistakes)) as readonly string[];
}
