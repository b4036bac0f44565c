import type { OriginState } from "../../model/storage-state.ts";

/** Where storage is: an origin, first-party or under another site. */
export interface StoragePlace {
  readonly origin: string;
  /** The top-level site of third-party storage; absent: first-party. */
  readonly partition?: string;
}

/** One text per place. */
export function placeKey({ origin, partition }: StoragePlace): string {
  return partition === undefined ? origin : `${origin} ^ ${partition}`;
}

/**
 * The place that a storage key of Chrome names: `https://b.example/^0https://a.example` is third-party storage of b under a
 * (serialisation in Chromium's `blink/public/common/storage_key/storage_key.h`). Null where nothing can be stored or carried.
 */
export function parseStorageKey(storageKey: string): StoragePlace | null {
  const [first = "", ...parts] = storageKey.split("^");
  if (!URL.canParse(first)) return null;
  const { origin, protocol } = new URL(first);
  if (origin === "null" || !/^https?:$/.test(protocol)) return null;
  // 1, 2, 5, 6: a nonce or an opaque top-level site, which no other browser can have.
  if (parts.some((part) => /^[1256]/.test(part))) return null;
  const site = parts.find((part) => part.startsWith("0"))?.slice(1);
  return site === undefined ? { origin } : { origin, partition: site.replace(/\/$/, "") };
}

/** `host:port` of an origin, as connections to it are made. */
export function hostPortOf(origin: string): string {
  const { hostname, port, protocol } = new URL(origin);
  return `${hostname.replace(/^\[|\]$/g, "")}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}

/** Whether a state has anything that must be written in a document. */
export function hasDocumentStorage({ localStorage, indexedDB = [] }: OriginState): boolean {
  return localStorage.length > 0 || indexedDB.length > 0;
}
