import { processEnvironment, readEnvironment } from "../../runtime/config/environment.ts";
import { resolveSettings } from "../../runtime/config/resolve-settings.ts";
import { createBrowserProvider } from "../../runtime/browser/provider.ts";
import type { BrowserLease } from "../../runtime/model/browser.ts";
import type { Deadline } from "../../runtime/model/deadline.ts";
import { createDeadline } from "../../runtime/runs/create-deadline.ts";
import { startReaper } from "../../runtime/runs/start-reaper.ts";

/** A real Chrome for a test, with everything that belongs to it. */
export interface TestLease extends AsyncDisposable {
  readonly lease: BrowserLease;
  readonly deadline: Deadline;
}

/** Leases a Chrome; settings by path, as on the command line. */
export async function leaseForTest(overrides: Readonly<Record<string, unknown>> = {}): Promise<TestLease> {
  const env = processEnvironment();
  const environment = readEnvironment(env);
  const settings = resolveSettings({ defaultName: "test", hasAuthSessions: false, file: null, locate: () => "", env: {}, overrides });
  const reaper = startReaper();
  const deadline = createDeadline({ timeoutMs: 60_000, what: "The test", log: () => undefined });
  const provider = createBrowserProvider({ environmentExecutable: environment.browser, browserEnv: environment.base, reaper });
  const lease = await provider.lease({ settings: settings.browser, network: settings.network, deadline, warn: () => undefined });
  return {
    lease,
    deadline,
    async [Symbol.asyncDispose]() {
      await lease[Symbol.asyncDispose]();
      deadline[Symbol.dispose]();
      await reaper[Symbol.asyncDispose]();
    },
  };
}
