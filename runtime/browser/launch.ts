import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { LatchkeyError } from "../model/errors.ts";
import type { Reaper } from "../model/reaper.ts";
import type { BrowserSettings } from "../model/settings.ts";
import { openPipeChannel, type CdpChannel } from "./cdp-channel.ts";
import { chromeFlags } from "./chrome-flags.ts";
import type { FoundBrowser } from "./find-browser.ts";

const KEPT_LINES = 20;

/** A Chrome that we started. Disposing kills all its processes and removes its profile. */
export interface LaunchedChrome extends AsyncDisposable {
  readonly pid: number;
  readonly channel: CdpChannel;
  /** Settles when Chrome ends by itself. */
  readonly ended: Promise<Error>;
  /** The last lines it wrote, for the error of a launch that failed. */
  lastLines(): string;
}

/** How Chrome is started. */
export interface LaunchOptions {
  readonly found: FoundBrowser;
  readonly settings: BrowserSettings;
  readonly proxyUrl: string;
  readonly sandbox: boolean;
  /** All of Chrome's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
}

/**
 * Starts Chrome in a process group of its own, driven over its pipe: nobody else can connect to it.
 *
 * @throws LatchkeyError `BROWSER_LAUNCH_FAILED`.
 */
export async function launchChrome({ found, settings, proxyUrl, sandbox, env, reaper }: LaunchOptions): Promise<LaunchedChrome> {
  const profile = await mkdtemp(join(tmpdir(), "latchkey-profile-"));
  const guards = new DisposableStack();
  guards.use(reaper.guardFolder(profile));
  const flags = chromeFlags({ settings, kind: found.kind, userDataDir: profile, proxyUrl, sandbox });
  const child = spawn(found.executablePath, flags, {
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    env: { ...env, ...(settings.timezone !== null && { TZ: settings.timezone }) },
  });
  const lines: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lines.push(...text.split("\n").filter((line) => line.trim() !== ""));
    lines.splice(0, Math.max(0, lines.length - KEPT_LINES));
  });
  const ended = Promise.withResolvers<Error>();
  let isWanted = false;
  const gone = new Promise<void>((resolve) => {
    child.once("error", (cause) => {
      ended.resolve(cause);
      resolve();
    });
    child.once("exit", (code, signal) => {
      if (!isWanted) ended.resolve(new Error(`Chrome ended ${signal === null ? `with exit code ${code ?? "unknown"}` : `by ${signal}`}.`));
      resolve();
    });
  });
  if (child.pid === undefined) {
    const cause = await ended.promise;
    guards.dispose();
    await rm(profile, { recursive: true, force: true });
    throw new LatchkeyError("BROWSER_LAUNCH_FAILED", `The browser ${found.executablePath} could not be started: ${cause.message}.`, { cause });
  }
  const { pid } = child;
  guards.use(reaper.guardGroup(pid));
  const { input, output } = pipesOf(child);
  let disposing: Promise<void> | null = null;
  return {
    pid,
    channel: openPipeChannel(input, output),
    ended: ended.promise,
    lastLines: () => lines.join("\n"),
    [Symbol.asyncDispose]() {
      disposing ??= (async () => {
        isWanted = true;
        killGroup(pid);
        await gone;
        // Its helpers may start while it is killed, and they write into the profile.
        killGroup(pid);
        await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
        guards.dispose();
      })();
      return disposing;
    },
  };
}

function pipesOf(child: ChildProcess): { readonly input: Writable; readonly output: Readable } {
  const [, , , input, output] = child.stdio;
  if (input === null || input === undefined || !("write" in input) || output === null || output === undefined || !("read" in output)) throw new LatchkeyError("BROWSER_LAUNCH_FAILED", "The browser has no pipe to drive it by.");
  return { input, output };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it is gone already.
  }
}
