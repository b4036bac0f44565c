import type { ProxyFailure, UpstreamProxy } from "../model/proxy.ts";
import { probeUpstream } from "./probe-upstream.ts";
import type { Outcome } from "./watch-outcome.ts";

/** More failures than this say nothing new. */
const MAX_FAILURES = 200;
/** proxy-chain: the upstream refused the credentials. */
const AUTH_FAILED = 597;
/** proxy-chain: the upstream answered, but not with 200: it could not reach the site. */
const NON_200 = 590;

/** A listener's memory of what went wrong. */
export interface FailureLog {
  add(failure: Omit<ProxyFailure, "at">): void;
  /** Finds out who is to blame for a connection that did not come about. */
  addOutcome(target: string, upstream: UpstreamProxy | null, outcome: Outcome): void;
  list(): readonly ProxyFailure[];
  /** Resolves when nothing is being found out any more. */
  settled(): Promise<void>;
}

/** An empty log. `timeoutMs` bounds a probe of an upstream. */
export function createFailureLog({ timeoutMs }: { readonly timeoutMs: number }): FailureLog {
  const failures: ProxyFailure[] = [];
  const probes = new Set<Promise<void>>();
  const add = (failure: Omit<ProxyFailure, "at">): void => {
    if (failures.length < MAX_FAILURES) failures.push({ at: new Date().toISOString(), ...failure });
  };
  const find = async (target: string, upstream: UpstreamProxy): Promise<void> => {
    const verdict = await probeUpstream(upstream, timeoutMs);
    if (verdict === "fine") add(siteFailure(target));
    else add(upstreamFailure(target, upstream, verdict));
  };
  return {
    add,
    addOutcome(target, upstream, outcome) {
      if (upstream === null || outcome === NON_200) add(siteFailure(target));
      else if (outcome === AUTH_FAILED) add(upstreamFailure(target, upstream, "PROXY_AUTH_FAILED"));
      else if (outcome === "timeout") add(upstreamFailure(target, upstream, "PROXY_TIMEOUT"));
      else {
        const probe = find(target, upstream).finally(() => probes.delete(probe));
        probes.add(probe);
      }
    },
    list: () => [...failures],
    async settled() {
      await Promise.all(probes);
    },
  };
}

function siteFailure(target: string): Omit<ProxyFailure, "at"> {
  return { target, code: "NAVIGATION_FAILED", message: `${target} cannot be reached.` };
}

const SENTENCES = {
  PROXY_UNREACHABLE: "cannot be reached",
  PROXY_AUTH_FAILED: "refused its user name or password",
  PROXY_TIMEOUT: "did not answer in time",
} as const;

function upstreamFailure(target: string, { masked }: UpstreamProxy, code: keyof typeof SENTENCES): Omit<ProxyFailure, "at"> {
  return { target, code, message: `The upstream proxy ${masked} ${SENTENCES[code]}.` };
}
