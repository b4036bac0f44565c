import { LatchkeyError, type ErrorCode } from "./errors.ts";

/** An upstream proxy. */
export interface UpstreamProxy {
  /** The whole URL, credentials included. Secret. */
  readonly url: string;
  /** The URL with the user name and password as `***`: what people are shown. */
  readonly masked: string;
}

const PROTOCOLS = new Set(["http:", "https:", "socks:", "socks4:", "socks5:", "socks5h:"]);

/**
 * Reads a proxy URL.
 *
 * @throws LatchkeyError `PROXY_INVALID`; its message never repeats the URL, which may hold a password.
 */
export function parseUpstreamProxy(text: string): UpstreamProxy {
  const candidate = text.includes("://") ? text : `http://${text}`;
  if (!URL.canParse(candidate)) throw new LatchkeyError("PROXY_INVALID", "The proxy URL cannot be read.");
  const url = new URL(candidate);
  if (!PROTOCOLS.has(url.protocol)) throw new LatchkeyError("PROXY_INVALID", `The proxy URL begins with ${url.protocol}//, which is no kind of proxy Latchkey can use.`);
  if (url.hostname === "") throw new LatchkeyError("PROXY_INVALID", "The proxy URL has no host.");
  if (url.port === "" && url.protocol.startsWith("socks")) throw new LatchkeyError("PROXY_INVALID", "The SOCKS proxy URL has no port.");
  return { url: url.href.replace(/\/$/, ""), masked: maskProxyUrl(url) };
}

/** The user name often carries a paid session id, so it is masked too. */
function maskProxyUrl(url: URL): string {
  const credentials = url.username === "" && url.password === "" ? "" : "***:***@";
  return `${url.protocol}//${credentials}${url.host}`;
}

/** What may be reached through a listener. */
export interface EgressPolicy {
  /** Host patterns that are always allowed, also when private: `localhost:8080`, `*.corp.example`, `10.0.0.0/8`. */
  readonly allowHosts: readonly string[];
  /** Host patterns that are always refused; wins over `allowHosts`. */
  readonly denyHosts: readonly string[];
  /** Whether private, loopback, link-local and cloud metadata addresses may be reached. */
  readonly allowPrivate: boolean;
}

/** A connection that failed, as the listener saw it. */
export interface ProxyFailure {
  /** When, ISO 8601 in UTC. */
  readonly at: string;
  /** The host and port asked for. */
  readonly target: string;
  /** The upstream's fault (`PROXY_*`), the policy's (`EGRESS_DENIED`), or the site's (`NAVIGATION_FAILED`). */
  readonly code: Extract<ErrorCode, "PROXY_UNREACHABLE" | "PROXY_AUTH_FAILED" | "PROXY_TIMEOUT" | "EGRESS_DENIED" | "NAVIGATION_FAILED">;
  /** One sentence, without credentials. */
  readonly message: string;
}

/** What went through a listener. */
export interface ProxyReport {
  /** Bytes that the browser sent towards sites. */
  readonly sentBytes: number;
  /** Bytes that came back. */
  readonly receivedBytes: number;
  readonly connections: number;
  readonly failures: readonly ProxyFailure[];
}

/** Scheme is known for plain requests only; a tunnel may carry https or wss. */
export interface GateTarget {
  readonly host: string;
  readonly port: number;
  readonly tunnel: boolean;
}

/** Called before each connection or plain request goes out; the listener waits for it. Never throws. */
export type Gate = (target: GateTarget) => Promise<void>;

/** A loopback proxy-chain server: one per browser context. Its route can be changed while it runs. */
export interface ProxyListener extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`: what Chrome is pointed at. */
  readonly url: string;
  /** Sends all further connections through `upstream` (null: direct) and closes those that are open. */
  setRoute(upstream: UpstreamProxy | null): void;
  /** Holds every connection until the gate lets it pass; null removes it. */
  setGate(gate: Gate | null): void;
  /** Bytes and failures so far. */
  report(): ProxyReport;
  /** Resolves when the blame for every failure so far is known: some take a look at the upstream. */
  settled(): Promise<void>;
}
