import type { InspectedTarget, LeasedContext } from "../../model/browser.ts";
import type { CapturedState, OriginState, StateLoss, StorageItem, StorageState } from "../../model/storage-state.ts";
import { readCookies } from "./cookies.ts";
import { evaluateInFrame, framesOf } from "./evaluate-in-frame.ts";
import type { Visitor } from "./open-visitor.ts";
import { readExpression, type PageStorage } from "./page-storage.ts";
import type { PasskeyKeeper } from "./passkeys.ts";
import { parseStorageKey, placeKey, type StoragePlace } from "./storage-place.ts";

/** How long a frame may take to answer; a page that spins never does. */
const FRAME_TIMEOUT_MS = 5_000;

/** What is captured from. */
export interface CaptureOptions {
  readonly leased: LeasedContext;
  /** The state that was restored: what was not visited is taken from it. */
  readonly state: StorageState;
  readonly visitor: Visitor;
  /** All places that a document of the context was in. */
  readonly touched: readonly StoragePlace[];
  /** sessionStorage of documents that were left, by origin. */
  readonly left: ReadonlyMap<string, readonly StorageItem[]>;
  readonly passkeys: PasskeyKeeper | null;
  readonly knownLosses: readonly StateLoss[];
}

/** Reads all that a context holds: from the documents that are open, then from those that were left. */
export async function captureState({ leased, state, visitor, touched, left, passkeys, knownLosses }: CaptureOptions): Promise<CapturedState> {
  const origins = new Map<string, OriginState>();
  const losses: StateLoss[] = [...knownLosses];
  const stored = new Map(state.origins.map((origin) => [placeKey(origin), origin]));
  const put = (place: StoragePlace, storage: PageStorage, sessionStorage: readonly StorageItem[]): void => {
    losses.push(...storage.losses.map((loss) => ({ origin: place.origin, ...loss })));
    origins.set(placeKey(place), { ...place, localStorage: storage.localStorage, ...(sessionStorage.length > 0 && { sessionStorage }), ...(storage.indexedDB.length > 0 && { indexedDB: storage.indexedDB }) });
  };

  for (const target of await leased.inspect()) {
    await using inspected = target;
    for (const { place, storage } of await readTarget(inspected)) if (!origins.has(placeKey(place))) put(place, storage, storage.sessionStorage);
  }
  const open = new Set([...origins.keys()]);
  for (const place of touched) {
    if (isCovered(open, place)) continue;
    try {
      const visited = await visitor.visit(place, readExpression());
      const storage = visited.value as PageStorage;
      if (visited.place !== null && !origins.has(placeKey(visited.place))) put(visited.place, storage, left.get(place.origin) ?? stored.get(placeKey(place))?.sessionStorage ?? []);
    } catch (thrown) {
      losses.push({ origin: place.origin, place: "storage", reason: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }
  for (const [key, origin] of stored) if (!origins.has(key)) origins.set(key, origin);
  const webauthn = passkeys === null ? state.webauthn : await passkeys.capture();
  const isWorthKeeping = ({ localStorage, sessionStorage, indexedDB }: OriginState): boolean => localStorage.length > 0 || sessionStorage !== undefined || indexedDB !== undefined;
  return {
    state: {
      cookies: await readCookies(leased.context.browser(), leased.id),
      origins: [...origins.values()].filter(isWorthKeeping),
      ...(webauthn !== undefined && webauthn.length > 0 && { webauthn }),
    },
    losses,
  };
}

/** A frame's place is known by its site, a visited one by its top's origin. */
function isCovered(open: ReadonlySet<string>, place: StoragePlace): boolean {
  if (open.has(placeKey(place))) return true;
  if (place.partition === undefined) return false;
  const top = new URL(place.partition);
  return [...open].some((key) => {
    const [origin, site] = key.split(" ^ ");
    return origin === place.origin && site !== undefined && URL.canParse(site) && (top.hostname === new URL(site).hostname || top.hostname.endsWith(`.${new URL(site).hostname}`));
  });
}

async function readTarget({ session }: InspectedTarget): Promise<readonly { readonly place: StoragePlace; readonly storage: PageStorage }[]> {
  const read: { readonly place: StoragePlace; readonly storage: PageStorage }[] = [];
  const frames = await framesOf(session).catch(() => []);
  for (const { id } of frames) {
    try {
      const { storageKey } = await session.send("Storage.getStorageKey", { frameId: id });
      const place = parseStorageKey(storageKey);
      if (place === null) continue;
      read.push({ place, storage: (await withTimeout(evaluateInFrame(session, id, readExpression()))) as PageStorage });
    } catch {
      // The frame went away, or does not answer; what it held is read by a visit when its origin was touched.
    }
  }
  return read;
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the page does not answer")), FRAME_TIMEOUT_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
