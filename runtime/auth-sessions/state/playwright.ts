import { Ajv } from "ajv";
import { LatchkeyError } from "../../model/errors.ts";
import type { OriginState, StorageItem, StorageState } from "../../model/storage-state.ts";

const text = { type: "string" } as const;
const items = { type: "array", items: { type: "object", required: ["name", "value"], properties: { name: text, value: text } } } as const;
const cookie = {
  type: "object",
  required: ["name", "value", "domain", "path"],
  properties: { name: text, value: text, domain: text, path: text, expires: { type: "number" }, httpOnly: { type: "boolean" }, secure: { type: "boolean" }, sameSite: { enum: ["Strict", "Lax", "None"] }, partitionKey: text },
} as const;
const origin = {
  type: "object",
  required: ["origin"],
  properties: { origin: { type: "string", pattern: "^https?://" }, partition: text, localStorage: items, sessionStorage: items, indexedDB: { type: "array", items: { type: "object", required: ["name", "version", "stores"] } } },
} as const;
const SCHEMA = {
  type: "object",
  required: ["cookies"],
  properties: {
    cookies: { type: "array", items: cookie },
    origins: { type: "array", items: origin },
    partitionedOrigins: { type: "array", items: origin },
    sessionStorage: { type: ["array", "null"], items: { type: "object", required: ["origin", "sessionStorage"], properties: { origin: text, sessionStorage: items } } },
    webauthn: { type: "array", items: { type: "object", required: ["credentialId", "privateKey", "signCount"] } },
  },
} as const;

/** What a file may hold: Playwright's form, ours, and the older one with `sessionStorage` beside `origins`. */
interface StateFile {
  readonly cookies: readonly (Partial<StorageState["cookies"][number]> & { readonly name: string; readonly value: string; readonly domain: string; readonly path: string })[];
  readonly origins?: readonly (Partial<OriginState> & { readonly origin: string })[];
  readonly partitionedOrigins?: readonly OriginState[];
  readonly sessionStorage?: readonly { readonly origin: string; readonly sessionStorage: readonly StorageItem[] }[] | null;
  readonly webauthn?: StorageState["webauthn"];
}

/**
 * Reads a storage state file.
 *
 * @throws LatchkeyError `STATE_INVALID` that names the place and what was expected, never a value.
 */
export function readStorageStateFile(content: string): StorageState {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw new LatchkeyError("STATE_INVALID", "The storage state file is not valid JSON.");
  }
  return parseStorageState(json);
}

const validate = new Ajv({ allowUnionTypes: true }).compile<StateFile>(SCHEMA);

/** A storage state from JSON, in any of the forms above. @throws LatchkeyError `STATE_INVALID` */
export function parseStorageState(json: unknown): StorageState {
  if (!validate(json)) {
    const [error] = validate.errors ?? [];
    const place = error?.instancePath === undefined || error.instancePath === "" ? "it" : error.instancePath.slice(1).replaceAll("/", ".");
    throw new LatchkeyError("STATE_INVALID", `The storage state file does not fit: ${place} ${error?.message ?? "is not valid"}.`);
  }
  const { cookies, origins = [], partitionedOrigins = [], sessionStorage, webauthn } = json;
  const tabs = new Map((sessionStorage ?? []).map((entry) => [entry.origin, entry.sessionStorage]));
  const known = new Set(origins.map((entry) => entry.origin));
  return {
    cookies: cookies.map((entry) => ({ expires: -1, httpOnly: false, secure: false, ...entry })),
    origins: [
      ...origins.map((entry) => withTab({ localStorage: [], ...entry }, tabs.get(entry.origin))),
      ...[...tabs].filter(([name]) => !known.has(name)).map(([name, tab]) => withTab({ origin: name, localStorage: [] }, tab)),
      ...partitionedOrigins,
    ],
    ...(webauthn !== undefined && { webauthn }),
  };
}

function withTab(state: OriginState, tab: readonly StorageItem[] | undefined): OriginState {
  return tab === undefined || state.sessionStorage !== undefined ? state : { ...state, sessionStorage: tab };
}

/** A storage state as Playwright's `newContext({ storageState })` takes it; what it has no place for is in keys of our own. */
export function writeStorageStateFile({ cookies, origins, webauthn }: StorageState): string {
  const partitionedOrigins = origins.filter(({ partition }) => partition !== undefined);
  return `${JSON.stringify(
    {
      // Playwright wants a value where the site set none; Lax is what Chrome does then.
      cookies: cookies.map((cookie) => ({ ...cookie, sameSite: cookie.sameSite ?? "Lax" })),
      origins: origins.filter(({ partition }) => partition === undefined),
      ...(partitionedOrigins.length > 0 && { partitionedOrigins }),
      ...(webauthn !== undefined && { webauthn }),
    },
    null,
    2,
  )}\n`;
}
