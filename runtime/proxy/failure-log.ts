import type { ProxyFailure, UpstreamProxy } from "../model/proxy.ts";
import { probeUpstream, type UpstreamFault } from "./probe-upstream.ts";
import type { Outcome } from "./watch-outcome.ts";

/** More failures of one code than this say nothing new; the other codes keep their room. */
const MAX_FAILURES_PER_CODE = 200;
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
    if (failures.filter(({ code }) => code === failure.code).length < MAX_FAILURES_PER_CODE) failures.push({ at: new Date().toISOString(), ...failure });
  };
  const find = async (target: string, upstream: UpstreamProxy): Promise<void> => {
    const verdict = await probeUpstream(upstream, timeoutMs);
    if (verdict === null) add(siteFailure(target));
    else add(upstreamFailure(target, upstream, verdict));
  };
  return {
    add,
    addOutcome(target, upstream, outcome) {
      if (upstream === null || outcome === NON_200) add(siteFailure(target));
      else if (outcome === AUTH_FAILED) add(upstreamFailure(target, upstream, "PROXY_AUTH_FAILED"));
      else if (typeof outcome === "string" && outcome !== "closed") add(upstreamFailure(target, upstream, outcome));
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
} as const satisfies Record<UpstreamFault, string>;

function upstreamFailure(target: string, { masked }: UpstreamProxy, code: UpstreamFault): Omit<ProxyFailure, "at"> {
  return { target, code, message: `The upstream proxy ${masked} ${SENTENCES[code]}.` };
}
