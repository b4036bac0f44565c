import type { CDPSession, Page } from "puppeteer-core";
import { isJsonObject } from "../../model/json.ts";
import type { StorageItem, StorageState } from "../../model/storage-state.ts";

const WORLD = "latchkey-session-storage";
const BINDING = "latchkeyLeave";

/** sessionStorage belongs to a tab, so it is restored in the run's page and noted whenever the tab leaves a document. */
export interface SessionStorageKeeper {
  /** Notes what the page's documents hold when they are left. */
  follow(page: Page): Promise<void>;
  /** Restores into a page that has not been anywhere yet. */
  restore(page: Page): Promise<void>;
  /** What documents held when they were left, by origin. */
  readonly left: ReadonlyMap<string, readonly StorageItem[]>;
}

/** Keeps the sessionStorage of a context's pages. */
export function createSessionStorageKeeper(state: StorageState): SessionStorageKeeper {
  const stored = new Map(state.origins.filter(({ sessionStorage = [], partition }) => sessionStorage.length > 0 && partition === undefined).map(({ origin, sessionStorage = [] }) => [origin, sessionStorage]));
  const left = new Map<string, readonly StorageItem[]>();

  const restoreIn = async (page: Page, session: CDPSession): Promise<void> => {
    const scripts = new Map<string, string>();
    for (const [origin, items] of stored) {
      const source = `(${restoreItems.toString()})(${JSON.stringify(origin)}, ${JSON.stringify(items)})`;
      const { identifier } = await session.send("Page.addScriptToEvaluateOnNewDocument", { source, worldName: WORLD });
      scripts.set(origin, identifier);
    }
    // Once per origin: a site that logs out must stay logged out.
    page.on("framenavigated", (frame) => {
      const origin = originOf(frame.url());
      const identifier = scripts.get(origin);
      if (identifier === undefined) return;
      scripts.delete(origin);
      void session.send("Page.removeScriptToEvaluateOnNewDocument", { identifier }).catch(() => undefined);
    });
  };
  return {
    left,
    async follow(page) {
      const session = await page.createCDPSession();
      session.on("Runtime.bindingCalled", ({ name, payload }) => {
        if (name === BINDING) note(left, payload);
      });
      await Promise.all([
        session.send("Runtime.enable"),
        session.send("Page.enable"),
        session.send("Runtime.addBinding", { name: BINDING, executionContextName: WORLD }),
        session.send("Page.addScriptToEvaluateOnNewDocument", { source: `(${tellWhenLeft.toString()})(${JSON.stringify(BINDING)})`, worldName: WORLD }),
      ]);
    },
    async restore(page) {
      const session = await page.createCDPSession();
      await session.send("Page.enable");
      await restoreIn(page, session);
    },
  };
}

function note(left: Map<string, readonly StorageItem[]>, payload: string): void {
  const value: unknown = JSON.parse(payload);
  if (!isJsonObject(value) || typeof value["origin"] !== "string" || !Array.isArray(value["items"])) return;
  left.set(value["origin"], value["items"].flatMap((item) => (isJsonObject(item) && typeof item["name"] === "string" && typeof item["value"] === "string" ? [{ name: item["name"], value: item["value"] }] : [])));
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "null";
}

/** Runs in the page, in a world of its own. */
function restoreItems(origin: string, items: readonly StorageItem[]): void {
  if (location.origin !== origin) return;
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  // A reload, or going back, may come before the host has removed this script.
  if (navigation !== undefined && navigation.type !== "navigate") return;
  for (const { name, value } of items) sessionStorage.setItem(name, value);
}

/** Runs in the page, in a world of its own. */
function tellWhenLeft(binding: string): void {
  const tellAll = (): void => {
    try {
      const items = Object.keys(sessionStorage).map((name) => ({ name, value: sessionStorage.getItem(name) ?? "" }));
      const tell = (globalThis as unknown as Record<string, (payload: string) => void>)[binding];
      tell?.(JSON.stringify({ origin: location.origin, items }));
    } catch {
      // An opaque document has no storage.
    }
  };
  // What a document says while it is hidden may be lost with its process; beforeunload comes while it is still alive.
  addEventListener("beforeunload", tellAll);
  addEventListener("pagehide", tellAll);
}
