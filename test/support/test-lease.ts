import puppeteer, { type Browser } from "puppeteer-core";
import { createBrowserProvider } from "../../runtime/browser/provider.ts";
import type { BrowserLease, LeasedContext } from "../../runtime/model/browser.ts";
import type { Deadline } from "../../runtime/model/deadline.ts";
import type { EgressPolicy } from "../../runtime/model/proxy.ts";
import type { BrowserSettings } from "../../runtime/model/settings.ts";
import { createDeadline } from "../../runtime/runs/create-deadline.ts";
import { startReaper } from "../../runtime/runs/start-reaper.ts";

export const VIEWPORT = { width: 900, height: 700 };
const SETTINGS: BrowserSettings = { headless: "shell", executablePath: null, args: [], viewport: VIEWPORT, userAgent: null, locale: null, timezone: null, plugins: [], wsEndpoint: null, ignoreHttpsErrors: false, launchTimeoutMs: 20_000 };

/** A leased Chrome with what came with it. */
export interface TestLease extends AsyncDisposable {
  readonly lease: BrowserLease;
  readonly deadline: Deadline;
  readonly warnings: readonly string[];
  /** A context that goes straight to the sites. */
  openContext(): Promise<LeasedContext>;
  /** What a child process would have: a Puppeteer of its own on the same Chrome. */
  connectChild(): Promise<Browser>;
}

/** Leases a Chrome as a run does. */
export async function openTestLease(settings: Partial<BrowserSettings> = {}, network: EgressPolicy = { allowHosts: [], denyHosts: [], allowPrivate: true }): Promise<TestLease> {
  await using stack = new AsyncDisposableStack();
  const reaper = stack.use(startReaper());
  const deadline = stack.use(createDeadline({ timeoutMs: 60_000, what: "The test", log: () => undefined }));
  const warnings: string[] = [];
  const browserEnv = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/" };
  const provider = createBrowserProvider({ environmentExecutable: null, browserEnv, reaper });
  const lease = stack.use(await provider.lease({ settings: { ...SETTINGS, ...settings }, network, deadline, warn: (message) => void warnings.push(message) }));
  const kept = stack.move();
  return {
    lease,
    deadline,
    warnings,
    openContext: () => lease.openContext({ deadline, upstream: null }),
    async connectChild() {
      const { transport } = await lease.openChildTransport();
      return puppeteer.connect({ transport, defaultViewport: VIEWPORT });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
