import type { LookupAddress } from "node:dns";
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { RequestError, Server, type ConnectionStats, type PrepareRequestFunctionOpts, type PrepareRequestFunctionResult } from "proxy-chain";
import type { EgressPolicy, Gate, ProxyListener, UpstreamProxy } from "../model/proxy.ts";
import { isLocalName, judgeEgress, needsAddresses } from "./egress-policy.ts";
import { createFailureLog } from "./failure-log.ts";
import { disableNagle } from "./no-delay.ts";
import { probeUpstream } from "./probe-upstream.ts";
import { resolveTarget, resolveWithSystem, type Resolve } from "./resolve-target.ts";
import { watchOutcome } from "./watch-outcome.ts";

const FORBIDDEN = 403;

/** How a listener is opened. */
export interface ListenerOptions {
  readonly policy: EgressPolicy;
  /** How long an upstream may take to answer before it counts as `PROXY_TIMEOUT`. Default 20,000. */
  readonly upstreamTimeoutMs?: number;
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
}

/** Opens a loopback proxy-chain server on a free port. */
export async function openListener(options: ListenerOptions): Promise<ProxyListener> {
  const { policy, upstreamTimeoutMs = 20_000, resolve = resolveWithSystem } = options;
  disableNagle();
  let upstream: UpstreamProxy | null = null;
  let gate: Gate | null = null;
  // Of its own: proxy-chain would use Node's global keep-alive agents, whose sockets go around policy and route.
  let agents = newAgents();
  const failures = createFailureLog({ timeoutMs: upstreamTimeoutMs });
  const closed = { sentBytes: 0, receivedBytes: 0 };
  let connections = 0;
  const watches = new Set<() => void>();
  /** Connections that we end ourselves are nobody's failure. */
  const endConnections = (): void => {
    for (const stopWatching of watches) stopWatching();
    server.closeConnections();
  };

  const prepare = async ({ hostname, port, isHttp, request }: PrepareRequestFunctionOpts): Promise<PrepareRequestFunctionResult> => {
    connections += 1;
    const target = `${hostname}:${port}`;
    await gate?.({ host: hostname.replace(/^\[|\]$/g, ""), port, tunnel: !isHttp });
    const mustResolve = needsAddresses(policy) || isLocalName(hostname);
    const addresses = mustResolve ? await resolveTarget(hostname, resolve) : [];
    // proxy-chain would connect to the site for a browser that is gone, and nobody would end that.
    if (request.socket.destroyed) throw new RequestError("The browser closed the connection", FORBIDDEN);
    const verdict = judgeEgress(policy, hostname, port, addresses.map(({ address }) => address));
    if (!verdict.allowed) {
      failures.add({ target, code: "EGRESS_DENIED", message: `${target} may not be reached: ${verdict.reason}.` });
      request.socket.destroy();
      throw new RequestError(`Latchkey does not let the project reach ${target}`, FORBIDDEN);
    }
    const route = upstream;
    const stopWatching: () => void = watchOutcome(request, isHttp, {
      slowAfterMs: route === null ? null : upstreamTimeoutMs / 2,
      onSlow: async () => (route === null ? null : probeUpstream(route, upstreamTimeoutMs / 2)),
      onFailure: (outcome) => failures.addOutcome(target, route, outcome),
      onOver: () => void watches.delete(stopWatching),
    });
    watches.add(stopWatching);
    // With an upstream the name is resolved there; a lookup here would resolve the proxy's own name.
    // A name that had no address when it was judged must not get one now.
    const isPinned = route === null && mustResolve;
    return {
      upstreamProxyUrl: route === null ? null : socksWithRemoteDns(route.url),
      ...agents,
      ...(isPinned && { dnsLookup: pinTo(addresses) as never }),
    };
  };

  const server = new Server({ host: "127.0.0.1", port: 0, prepareRequestFunction: prepare });
  server.on("connectionClosed", ({ stats }: { readonly stats?: ConnectionStats }) => {
    closed.sentBytes += stats?.srcRxBytes ?? 0;
    closed.receivedBytes += stats?.srcTxBytes ?? 0;
  });
  await server.listen();
  let closing: Promise<void> | null = null;

  return {
    url: `http://127.0.0.1:${server.port}`,
    setRoute(next) {
      upstream = next;
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
      agents = newAgents();
      endConnections();
    },
    setGate: (next) => void (gate = next),
    report() {
      const open = server.getConnectionIds().map((id) => server.getConnectionStats(id)).filter((stats) => stats !== undefined);
      return {
        sentBytes: open.reduce((sum, { srcRxBytes }) => sum + srcRxBytes, closed.sentBytes),
        receivedBytes: open.reduce((sum, { srcTxBytes }) => sum + srcTxBytes, closed.receivedBytes),
        connections,
        failures: failures.list(),
      };
    },
    settled: () => failures.settled(),
    [Symbol.asyncDispose]() {
      closing ??= (async () => {
        gate = null;
        endConnections();
        await server.close(true);
        agents.httpAgent.destroy();
        agents.httpsAgent.destroy();
      })();
      return closing;
    },
  };
}

function newAgents(): { readonly httpAgent: http.Agent; readonly httpsAgent: https.Agent } {
  return { httpAgent: new http.Agent({ keepAlive: true }), httpsAgent: new https.Agent({ keepAlive: true }) };
}

/** proxy-chain resolves names itself for `socks5:`; the upstream must do it, so that sites see only its location. */
function socksWithRemoteDns(url: string): string {
  return url.replace(/^socks5?:/, "socks5h:");
}

function pinTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (host, { all }, callback) => {
    const [first] = addresses;
    if (first === undefined) callback(Object.assign(new Error(`${host} has no address`), { code: "ENOTFOUND" }), "");
    else if (all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}
