import { lookup } from "node:dns/promises";
import type { LookupAddress } from "node:dns";
import { isIP } from "node:net";
import { isLocalName, normaliseHost } from "./egress-policy.ts";

/** Resolves a name to all its addresses. An argument, so that tests can play a rebinding name server. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const LOOPBACK: readonly LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/** The system's own resolver. */
export const resolveWithSystem: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/** All addresses of a host; numeric hosts are their own. Empty where the name does not resolve. */
export async function resolveTarget(host: string, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const name = normaliseHost(host);
  const family = isIP(name);
  if (family !== 0) return [{ address: name, family }];
  try {
    return await resolve(name);
  } catch {
    // Chrome takes such names for loopback, and few resolvers know them.
    return isLocalName(name) ? LOOPBACK : [];
  }
}
