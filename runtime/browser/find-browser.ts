import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Browser, ChromeReleaseChannel, computeSystemExecutablePath, detectBrowserPlatform, getInstalledBrowsers } from "@puppeteer/browsers";
import { LatchkeyError } from "../model/errors.ts";
import type { BrowserSettings } from "../model/settings.ts";

/** A Chrome on this machine. `shell` is chromium-headless-shell, which cannot show a window. */
export interface FoundBrowser {
  readonly executablePath: string;
  readonly kind: "shell" | "chrome";
  /** Where it was found, for `doctor`. */
  readonly source: "settings" | "environment" | "system" | "puppeteer cache";
}

/** The programs themselves come before Debian's wrapper scripts, which take 40 ms more and add flags. */
const SYSTEM_SHELLS = ["/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium-headless-shell"];
const SYSTEM_CHROMES = ["/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome-stable", "/usr/bin/google-chrome", "/snap/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

/** Where else to look. */
export interface FindOptions {
  /** What the environment names (`LATCHKEY_BROWSER`, `PUPPETEER_EXECUTABLE_PATH`, `CHROME_PATH`); null: nothing. */
  readonly environmentExecutable: string | null;
  /** The cache of @puppeteer/browsers. Default `~/.cache/puppeteer`. */
  readonly cacheDir?: string;
}

/**
 * The browser that fits the settings: what they name, then the environment, the system, and the cache of @puppeteer/browsers.
 *
 * @throws LatchkeyError `BROWSER_NOT_FOUND` with the command that mends it.
 */
export async function findBrowser(settings: Pick<BrowserSettings, "headless" | "executablePath">, options: FindOptions): Promise<FoundBrowser> {
  const { environmentExecutable, cacheDir = join(homedir(), ".cache", "puppeteer") } = options;
  if (settings.executablePath !== null) return named(settings.executablePath, "settings", "browser.executablePath");
  if (environmentExecutable !== null) return named(environmentExecutable, "environment", "the environment");
  const cached = await getInstalledBrowsers({ cacheDir }).catch(() => []);
  const inCache = (browser: Browser): readonly string[] => cached.filter((candidate) => candidate.browser === browser).map(({ executablePath }) => executablePath).reverse();
  const shell = (): FoundBrowser | null => first(SYSTEM_SHELLS, "shell", "system") ?? first(inCache(Browser.CHROMEHEADLESSSHELL), "shell", "puppeteer cache");
  const chrome = (): FoundBrowser | null => first([...SYSTEM_CHROMES, ...systemChrome()], "chrome", "system") ?? first([...inCache(Browser.CHROME), ...inCache(Browser.CHROMIUM)], "chrome", "puppeteer cache");
  const found = settings.headless === "shell" ? (shell() ?? chrome()) : chrome();
  if (found !== null) return found;
  const isWindow = settings.headless === false;
  throw new LatchkeyError("BROWSER_NOT_FOUND", `No ${isWindow || settings.headless === "new" ? "Chrome or Chromium" : "chromium-headless-shell, Chrome or Chromium"} was found on this machine.`, { hint: `Run: ${installCommand()}` });
}

/** The command that installs a browser on this machine. */
export function installCommand(): string {
  if (process.platform === "linux" && isExecutable("/usr/bin/apt-get")) return "sudo apt-get install -y chromium chromium-headless-shell";
  return "npx @puppeteer/browsers install chrome-headless-shell@stable --path ~/.cache/puppeteer";
}

function named(executablePath: string, source: FoundBrowser["source"], by: string): FoundBrowser {
  if (!isExecutable(executablePath)) throw new LatchkeyError("BROWSER_NOT_FOUND", `The browser that ${by} names, ${executablePath}, is not a program that can be run.`, { hint: "Correct the path, or leave it out to have one found." });
  return { executablePath, source, kind: /headless-shell/.test(executablePath) ? "shell" : "chrome" };
}

function first(paths: readonly string[], kind: FoundBrowser["kind"], source: FoundBrowser["source"]): FoundBrowser | null {
  const executablePath = paths.find(isExecutable);
  return executablePath === undefined ? null : { executablePath, kind, source };
}

function systemChrome(): readonly string[] {
  const platform = detectBrowserPlatform();
  if (platform === undefined) return [];
  try {
    return [computeSystemExecutablePath({ browser: Browser.CHROME, channel: ChromeReleaseChannel.STABLE, platform })];
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
