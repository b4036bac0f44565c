import ipaddr from "ipaddr.js";
import type { EgressPolicy } from "../model/proxy.ts";

/** Whether a host may be reached, and why not. Pure: the addresses were resolved before. */
export function judgeEgress(policy: EgressPolicy, host: string, port: number, addresses: readonly string[]): { readonly allowed: true } | { readonly allowed: false; readonly reason: string } {
  const name = normaliseHost(host);
  if (policy.denyHosts.some((pattern) => matchesHost(pattern, name, port, addresses))) return { allowed: false, reason: "network.denyHosts names it" };
  const ranges = policy.allowHosts.filter((pattern) => pattern.includes("/"));
  if (policy.allowPrivate || policy.allowHosts.some((pattern) => !ranges.includes(pattern) && matchesHost(pattern, name, port, []))) return { allowed: true };
  if (isLocalName(name) && addresses.length === 0) return { allowed: false, reason: "it is this machine, and network.allowPrivate is off" };
  // Any of the addresses may be connected to, so an allowed range must hold each one that is private.
  const forbidden = addresses.find((address) => isPrivateAddress(address) && !ranges.some((range) => inRange(range, [address])));
  return forbidden === undefined ? { allowed: true } : { allowed: false, reason: `its address ${forbidden} is private, and network.allowPrivate is off` };
}

/** Whether judging needs to know the host's addresses. */
export function needsAddresses(policy: EgressPolicy): boolean {
  return !policy.allowPrivate || [...policy.denyHosts, ...policy.allowHosts].some((pattern) => pattern.includes("/"));
}

/** A host as it is compared: lower case, no brackets, no trailing dot, numeric forms (`2130706433`, `0x7f.1`) as addresses. */
export function normaliseHost(host: string): string {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.+$/, "");
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : bare;
}

/** Names that are this machine wherever they are asked for, also where no name server knows them (RFC 6761). */
export function isLocalName(host: string): boolean {
  const name = normaliseHost(host);
  return name === "localhost" || name.endsWith(".localhost");
}

/** Azure's platform services: a public address that only reaches the machine's own host. */
const AZURE_PLATFORM = "168.63.129.16";

/** Everything but public unicast: loopback, private, link-local (cloud metadata), carrier-grade NAT, multicast, reserved. */
export function isPrivateAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6) {
    const embedded = embeddedIPv4(parsed);
    if (embedded !== null) return isPrivateAddress(embedded.toString());
  }
  return parsed.range() !== "unicast" || parsed.toString() === AZURE_PLATFORM;
}

/** The IPv4 address that a 6to4 or NAT64 address leads to (RFC 3056, RFC 6052). Null for a NAT64 prefix of a local network (RFC 8215), which stays private. */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray();
  if (address.range() === "6to4") return new ipaddr.IPv4(bytes.slice(2, 6));
  if (address.range() === "rfc6052" && bytes.slice(4, 12).every((byte) => byte === 0)) return new ipaddr.IPv4(bytes.slice(12, 16));
  return null;
}

/** Patterns: `host`, `host:port`, `*.domain`, `*`, an address, or a CIDR range. */
function matchesHost(pattern: string, host: string, port: number, addresses: readonly string[]): boolean {
  if (pattern.includes("/")) return inRange(pattern, addresses);
  const [, name = pattern, wantedPort] = /^(.*?|\[.*\]):(\d+)$/.exec(pattern) ?? [];
  const isBareAddress = ipaddr.isValid(pattern);
  if (!isBareAddress && wantedPort !== undefined && Number(wantedPort) !== port) return false;
  const wanted = normaliseHost(isBareAddress ? pattern : name);
  if (wanted === "*" || wanted === host) return true;
  return wanted.startsWith("*.") && (host.endsWith(wanted.slice(1)) || host === wanted.slice(2));
}

function inRange(pattern: string, addresses: readonly string[]): boolean {
  if (!ipaddr.isValidCIDR(pattern)) return false;
  const [network, bits] = ipaddr.parseCIDR(pattern);
  return addresses.some((address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return parsed.kind() === network.kind() && parsed.match(network, bits);
  });
}
