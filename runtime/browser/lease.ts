import type { Browser } from "puppeteer-core";
import type { BrowserLease, ChildTransport, LeasedContext } from "../model/browser.ts";
import { LatchkeyError } from "../model/errors.ts";
import type { EgressPolicy, ProxyListener, ProxyReport } from "../model/proxy.ts";
import { openListener } from "../proxy/listener.ts";
import type { CdpMux } from "./cdp-mux.ts";

/** What a lease is made of. */
export interface LeaseParts {
  readonly browser: Browser;
  readonly mux: CdpMux;
  readonly policy: EgressPolicy;
  /** The listener of whatever is in no context of ours, such as pages that author code opens beside its context; null: none. */
  readonly browserListener: ProxyListener | null;
  /** Whether the browser can reach our loopback listeners. */
  readonly isNear: boolean;
  readonly pid: number | null;
  readonly ended: Promise<Error>;
  readonly warn: (message: string) => void;
}

const NOTHING: ProxyReport = { sentBytes: 0, receivedBytes: 0, connections: 0, failures: [] };

/** The lease of a Chrome that is connected. Disposing it closes its contexts; the process is the provider's. */
export function createLease({ browser, mux, policy, browserListener, isNear, pid, ended, warn }: LeaseParts): BrowserLease {
  const contexts = new AsyncDisposableStack();
  let disposing: Promise<void> | null = null;

  const openContext: BrowserLease["openContext"] = async ({ upstream }) => {
    if (!isNear && upstream !== null) throw new LatchkeyError("PROXY_INVALID", "A browser on another machine cannot use an upstream proxy through Latchkey.", { hint: "Leave browser.wsEndpoint out, or configure the proxy where that browser runs." });
    if (!isNear && !policy.allowPrivate) warn("The browser runs on another machine, so the network settings are not enforced.");
    const listener = isNear ? await openListener({ policy }) : null;
    listener?.setRoute(upstream);
    const context = await browser.createBrowserContext(listener === null ? {} : { proxyServer: listener.url, proxyBypassList: ["<-loopback>"] }).catch(async (thrown: unknown) => {
      await listener?.[Symbol.asyncDispose]();
      throw thrown;
    });
    const id = context.id ?? "";
    // What author code opens beside its context goes the same way.
    browserListener?.setRoute(upstream);
    mux.setChildProxy(listener?.url ?? null);
    let closing: Promise<void> | null = null;
    let lastReport = NOTHING;
    const leased: LeasedContext = {
      id,
      context,
      gated: isNear,
      setGate: (gate) => listener?.setGate(gate),
      setInterceptGate: (gate) => mux.setInterceptGate(id, gate),
      async hiddenPage() {
        const { session, close } = await mux.createHiddenTarget(id);
        return { session, [Symbol.asyncDispose]: close };
      },
      inspect: () => mux.inspect(id),
      report: () => (lastReport = listener?.report() ?? lastReport),
      settled: async () => listener?.settled(),
      [Symbol.asyncDispose]() {
        closing ??= (async () => {
          // A browser that is gone has closed its contexts.
          await context.close().catch(() => undefined);
          mux.setInterceptGate(id, null);
          await listener?.[Symbol.asyncDispose]();
        })();
        return closing;
      },
    };
    contexts.use(leased);
    return leased;
  };

  return {
    browser,
    pid,
    ended,
    openContext,
    async openChildTransport(): Promise<ChildTransport> {
      const transport = await mux.openChild();
      return { transport, [Symbol.asyncDispose]: async () => transport.close() };
    },
    [Symbol.asyncDispose]() {
      disposing ??= (async () => {
        const closing = contexts.disposeAsync();
        // A Chrome that is killed next needs no goodbye; only its listeners are ours to wait for.
        if (pid === null) await closing;
        await browser.disconnect();
        mux.close();
        await closing;
      })();
      return disposing;
    },
  };
}
