import type { LookupAddress } from "node:dns";

/** The addresses of a host that may be connected to. @throws LatchkeyError `EGRESS_DENIED` */
export type ResolveHost = (host: string, port: number) => Promise<readonly LookupAddress[]>;
