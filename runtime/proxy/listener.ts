import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { RequestError, Server, type ConnectionStats, type PrepareRequestFunctionOpts, type PrepareRequestFunctionResult } from "proxy-chain";
import type { EgressPolicy, Gate, ProxyListener, UpstreamProxy } from "../model/proxy.ts";
import { judgeEgress, needsAddresses } from "./egress-policy.ts";
import { createFailureLog } from "./failure-log.ts";
import { disableNagle } from "./no-delay.ts";
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

  const prepare = async ({ hostname, port, isHttp, request }: PrepareRequestFunctionOpts): Promise<PrepareRequestFunctionResult> => {
    connections += 1;
    const target = `${hostname}:${port}`;
    await gate?.({ host: hostname.replace(/^\[|\]$/g, ""), port, tunnel: !isHttp });
    const mustResolve = needsAddresses(policy);
    const addresses = mustResolve ? await resolveTarget(hostname, resolve) : [];
    const verdict = judgeEgress(policy, hostname, port, addresses.map(({ address }) => address));
    if (!verdict.allowed) {
      failures.add({ target, code: "EGRESS_DENIED", message: `${target} may not be reached: ${verdict.reason}.` });
      request.socket.destroy();
      throw new RequestError(`Latchkey does not let the project reach ${target}`, FORBIDDEN);
    }
    const route = upstream;
    watchOutcome(request, isHttp, { upstreamTimeoutMs: route === null ? null : upstreamTimeoutMs, onFailure: (status) => failures.addOutcome(target, route, status) });
    const pin = addresses[0];
    // With an upstream the name is resolved there; a lookup here would resolve the proxy's own name.
    const isPinned = route === null && pin !== undefined;
    return {
      upstreamProxyUrl: route === null ? null : socksWithRemoteDns(route.url),
      ...agents,
      ...(isPinned && { dnsLookup: pinTo(pin.address, pin.family) as never }),
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
      server.closeConnections();
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

function pinTo(address: string, family: number): LookupFunction {
  return (_host, { all }, callback) => {
    if (all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

