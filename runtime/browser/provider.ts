import { setTimeout as wait } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import type { BrowserLease, BrowserProvider, LeaseRequest } from "../model/browser.ts";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { ProxyListener } from "../model/proxy.ts";
import type { Reaper } from "../model/reaper.ts";
import { openListener } from "../proxy/listener.ts";
import { openWebSocketChannel, type CdpChannel } from "./cdp-channel.ts";
import { createCdpMux } from "./cdp-mux.ts";
import { reservedFlags } from "./chrome-flags.ts";
import { findBrowser } from "./find-browser.ts";
import { launchChrome, type LaunchedChrome } from "./launch.ts";
import { createLease } from "./lease.ts";

const PROTOCOL_TIMEOUT_MS = 60_000;
const EXIT_WAIT_MS = 500;

/** What leases are made with. */
export interface ProviderOptions {
  /** The executable that the environment names; null: none. */
  readonly environmentExecutable: string | null;
  /** All of Chrome's environment. */
  readonly browserEnv: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
}

/** Gives out freshly started Chromes, each to one owner and only once. */
export function createBrowserProvider(options: ProviderOptions): BrowserProvider {
  let warnedOfRoot = false;
  const sandboxFor = (warn: (message: string) => void): boolean => {
    if (process.getuid?.() !== 0) return true;
    if (!warnedOfRoot) warn("Running as root, so Chromium's own sandbox is off. Run as another user to have it on.");
    warnedOfRoot = true;
    return false;
  };
  return {
    lease: (request) => (request.settings.wsEndpoint === null ? leaseLocal(request, options, sandboxFor) : leaseRemote(request, request.settings.wsEndpoint)),
  };
}

async function leaseLocal(request: LeaseRequest, options: ProviderOptions, sandboxFor: (warn: (message: string) => void) => boolean): Promise<BrowserLease> {
  const { settings, network, deadline, warn } = request;
  const found = await findBrowser(settings, options);
  if (settings.headless === "shell" && found.kind !== "shell") warn("chromium-headless-shell was not found; the full Chrome runs instead, which starts four times slower.");
  const reserved = reservedFlags(settings.args);
  if (reserved.length > 0) warn(`browser.args has ${reserved.join(", ")}, which Latchkey sets itself; it was left out.`);
  await using cleanup = new AsyncDisposableStack();
  const listener = cleanup.use(await openListener({ policy: network }));
  const chrome = cleanup.use(await launchChrome({ found, settings, proxyUrl: listener.url, sandbox: sandboxFor(warn), env: options.browserEnv, reaper: options.reaper }));
  const lease = await connect(request, { channel: chrome.channel, chrome, browserListener: listener, isNear: true }).catch((thrown: unknown) => {
    if (deadline.signal.aborted) throw toLatchkeyError(deadline.signal.reason);
    const lines = chrome.lastLines();
    throw new LatchkeyError("BROWSER_LAUNCH_FAILED", `The browser ${found.executablePath} did not start: ${toLatchkeyError(thrown).message}${lines === "" ? "" : `\n${lines}`}`, { cause: thrown });
  });
  cleanup.use(lease);
  const kept = cleanup.move();
  let disposing: Promise<void> | null = null;
  return { ...lease, [Symbol.asyncDispose]: () => (disposing ??= kept.disposeAsync()) };
}

async function leaseRemote(request: LeaseRequest, wsEndpoint: string): Promise<BrowserLease> {
  let channel: CdpChannel | null = null;
  try {
    channel = await request.deadline.race(openWebSocketChannel(wsEndpoint));
    return await connect(request, { channel, chrome: null, browserListener: null, isNear: isLoopback(wsEndpoint) });
  } catch (cause) {
    channel?.close();
    if (request.deadline.signal.aborted) throw cause;
    throw new LatchkeyError("BROWSER_LAUNCH_FAILED", `The browser at browser.wsEndpoint (${hostOf(wsEndpoint)}) cannot be reached.`, { cause, hint: "Check that it runs and that the address is right." });
  }
}

interface Connectable {
  readonly channel: CdpChannel;
  /** Null: not ours to end. */
  readonly chrome: LaunchedChrome | null;
  readonly browserListener: ProxyListener | null;
  readonly isNear: boolean;
}

async function connect({ settings, network, deadline, warn }: LeaseRequest, { channel, chrome, browserListener, isNear }: Connectable): Promise<BrowserLease> {
  const mux = createCdpMux(channel, { isProxied: isNear });
  const connecting = puppeteer.connect({ transport: mux.openHost(), defaultViewport: settings.viewport, protocolTimeout: PROTOCOL_TIMEOUT_MS });
  const died = chrome?.ended.then((error) => Promise.reject(error)) ?? new Promise<never>(() => undefined);
  died.catch(() => undefined);
  const tooLate = AbortSignal.timeout(settings.launchTimeoutMs);
  const late = new Promise<never>((_resolve, reject) => tooLate.addEventListener("abort", () => reject(new Error(`it did not answer within ${settings.launchTimeoutMs} ms`)), { once: true }));
  late.catch(() => undefined);
  // A pipe closes a moment before the exit that explains it.
  const answering = connecting.catch(async (thrown: unknown) => {
    await Promise.race([died, wait(EXIT_WAIT_MS)]);
    throw thrown;
  });
  const browser = await deadline.race(Promise.race([answering, died, late]));
  const disconnected = new Promise<Error>((resolve) => browser.once("disconnected", () => resolve(new Error("The connection to Chrome was lost."))));
  return createLease({ browser, mux, policy: network, browserListener, isNear, pid: chrome?.pid ?? null, ended: chrome?.ended ?? disconnected, warn });
}

function isLoopback(wsEndpoint: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostnameOf(wsEndpoint));
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address that cannot be read";
}
