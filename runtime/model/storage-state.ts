/**
 * What a browser holds for a login. The shape is a superset of Playwright's `storageState`
 * (https://playwright.dev/docs/api/class-browsercontext#browser-context-storage-state):
 * its keys keep their names and meaning, ours are added beside them.
 */
export interface StorageState {
  readonly cookies: readonly StoredCookie[];
  readonly origins: readonly OriginState[];
  /** Passkeys of the virtual authenticator. Not in Playwright's form. */
  readonly webauthn?: readonly StoredPasskey[];
}

/** A cookie: Playwright's keys, then what Chrome knows besides (CDP `Network.Cookie`). */
export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  /** Seconds since 1970, or -1 for a session cookie. */
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  /** Absent: the site did not set it. */
  readonly sameSite?: "Strict" | "Lax" | "None";
  readonly priority?: "Low" | "Medium" | "High";
  readonly sourceScheme?: "Unset" | "NonSecure" | "Secure";
  readonly sourcePort?: number;
  /** The partition of a CHIPS cookie. */
  readonly partitionKey?: string;
  /** Chrome's second half of the partition. Playwright spells it so too. */
  readonly _crHasCrossSiteAncestor?: boolean;
}

/** One key and value of localStorage or sessionStorage. */
export interface StorageItem {
  readonly name: string;
  readonly value: string;
}

/** All storage of one origin, or of one partition of it. */
export interface OriginState {
  /** `https://app.example` (scheme, host, port when not the default). */
  readonly origin: string;
  /** The top-level site under which a third-party frame had this storage. Absent: first party. */
  readonly partition?: string;
  readonly localStorage: readonly StorageItem[];
  /** sessionStorage of the page, or of the last page that had the origin open. */
  readonly sessionStorage?: readonly StorageItem[];
  readonly indexedDB?: readonly StoredDatabase[];
}

/** One IndexedDB database. */
export interface StoredDatabase {
  readonly name: string;
  readonly version: number;
  readonly stores: readonly StoredObjectStore[];
}

/** One object store of a database. */
export interface StoredObjectStore {
  readonly name: string;
  readonly keyPath?: string;
  readonly keyPathArray?: readonly string[];
  readonly autoIncrement: boolean;
  readonly indexes: readonly StoredIndex[];
  readonly records: readonly StoredRecord[];
}

/** One index of an object store. */
export interface StoredIndex {
  readonly name: string;
  readonly keyPath?: string;
  readonly keyPathArray?: readonly string[];
  readonly unique: boolean;
  readonly multiEntry: boolean;
}

/** One record: `value`/`key` where plain JSON holds it, `valueEncoded`/`keyEncoded` as tagged JSON where it does not. */
export interface StoredRecord {
  readonly key?: unknown;
  readonly keyEncoded?: unknown;
  readonly value?: unknown;
  readonly valueEncoded?: unknown;
}

/** A passkey of the virtual authenticator (CDP `WebAuthn.Credential`). */
export interface StoredPasskey {
  /** base64 */
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly rpId?: string;
  /** PKCS#8, base64. */
  readonly privateKey: string;
  /** base64 */
  readonly userHandle?: string;
  readonly signCount: number;
  readonly userName?: string;
  readonly userDisplayName?: string;
}

/** Something of a login that could not be captured or restored, by name. */
export interface StateLoss {
  readonly origin: string;
  /** Where it was, such as `indexedDB keys/main/1`. */
  readonly place: string;
  /** Why, such as `CryptoKey is not extractable`. */
  readonly reason: string;
}

/** The state captured, and what could not be. */
export interface CapturedState {
  readonly state: StorageState;
  readonly losses: readonly StateLoss[];
}

/** A state with nothing in it. */
export const EMPTY_STATE: StorageState = { cookies: [], origins: [] };
