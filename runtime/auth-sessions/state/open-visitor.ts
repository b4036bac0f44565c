import type { CdpSession, HiddenPage, LeasedContext } from "../../model/browser.ts";
import { evaluateInFrame, framesOf } from "./evaluate-in-frame.ts";
import { parseStorageKey, type StoragePlace } from "./storage-place.ts";

/** Visits origins in a hidden page without asking their servers for anything. */
export interface Visitor extends AsyncDisposable {
  /** Evaluates in a blank document of the place; one visit at a time. */
  visit(place: StoragePlace, expression: string): Promise<Visited>;
  /** How many visits there were. */
  readonly visits: number;
}

/** What a visit gave. */
export interface Visited {
  /** The expression's value. */
  readonly value: unknown;
  /** The place as Chrome knows it; null where nothing can be stored. */
  readonly place: StoragePlace | null;
}

/** A visitor; its page is opened at the first visit. */
export function openVisitor(leased: LeasedContext): Visitor {
  let page: Promise<HiddenPage> | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let visits = 0;
  const visit = async (place: StoragePlace, expression: string): Promise<Visited> => {
    const { session } = await (page ??= openBlankingPage(leased));
    visits += 1;
    return place.partition === undefined ? visitTop(session, place.origin, expression) : visitFrame(session, place.origin, place.partition, expression);
  };
  return {
    get visits() {
      return visits;
    },
    visit(place, expression) {
      const mine = turn.then(() => visit(place, expression));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async [Symbol.asyncDispose]() {
      await turn;
      await (await page?.catch(() => null))?.[Symbol.asyncDispose]();
    },
  };
}

const BLANK = "<!doctype html>";
const FRAME_PARAMETER = "latchkey-frame";

/** A hidden page whose every request is answered here. */
async function openBlankingPage(leased: LeasedContext): Promise<HiddenPage> {
  const page = await leased.hiddenPage();
  await answerAll(page.session);
  return page;
}

async function answerAll(session: CdpSession): Promise<void> {
  session.on("Fetch.requestPaused", ({ requestId, request }) => {
    const frame = URL.canParse(request.url) ? new URL(request.url).searchParams.get(FRAME_PARAMETER) : null;
    const body = frame === null ? BLANK : `${BLANK}<iframe src="${encodeURI(frame)}"></iframe>`;
    const responseHeaders = [{ name: "content-type", value: "text/html" }, { name: "cache-control", value: "no-store" }];
    void session.send("Fetch.fulfillRequest", { requestId, responseCode: 200, responseHeaders, body: btoa(body) }).catch(() => undefined);
  });
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => void adopt(session.child(sessionId), targetInfo.type === "iframe"));
  await Promise.all([
    session.send("Page.enable"),
    session.send("Network.enable"),
    // A service worker of the site would answer in our place.
    session.send("Network.setBypassServiceWorker", { bypass: true }),
    session.send("Fetch.enable", { patterns: [{ urlPattern: "*", requestStage: "Request" }] }),
    session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
  ]);
}

async function adopt(session: CdpSession, isFrame: boolean): Promise<void> {
  if (isFrame) await answerAll(session).catch(() => undefined);
  await session.send("Runtime.runIfWaitingForDebugger").catch(() => undefined);
}

async function visitTop(session: CdpSession, origin: string, expression: string): Promise<Visited> {
  return evaluateAt(session, await navigate(session, `${origin}/`), expression);
}

async function evaluateAt(session: CdpSession, frameId: string, expression: string): Promise<Visited> {
  const { storageKey } = await session.send("Storage.getStorageKey", { frameId });
  return { value: await evaluateInFrame(session, frameId, expression), place: parseStorageKey(storageKey) };
}

async function visitFrame(session: CdpSession, origin: string, partition: string, expression: string): Promise<Visited> {
  const isolated = Promise.withResolvers<CdpSession>();
  const stopListening = session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "iframe" && targetInfo.url.startsWith(origin)) isolated.resolve(session.child(sessionId));
  });
  const top = await navigate(session, `${partition}/?${FRAME_PARAMETER}=${encodeURIComponent(`${origin}/`)}`);
  stopListening();
  const inner = (await framesOf(session)).find(({ id, url }) => id !== top && url.startsWith(origin));
  if (inner !== undefined) return evaluateAt(session, inner.id, expression);
  const frameSession = await isolated.promise;
  const [frame] = await framesOf(frameSession);
  return evaluateAt(frameSession, frame?.id ?? "", expression);
}

/** Opens an address and waits until it, iframes included, has loaded. @returns the top frame's id. */
async function navigate(session: CdpSession, url: string): Promise<string> {
  const loaded = Promise.withResolvers<void>();
  let loaderOfTop: string | null = null;
  const seen = new Set<string>();
  const check = (): void => {
    if (loaderOfTop !== null && seen.has(loaderOfTop)) loaded.resolve();
  };
  const stopListening = session.on("Page.lifecycleEvent", ({ name, loaderId }) => {
    if (name === "load") seen.add(loaderId);
    check();
  });
  await session.send("Page.setLifecycleEventsEnabled", { enabled: true });
  const { frameId, loaderId, errorText } = await session.send("Page.navigate", { url });
  if (errorText !== undefined) throw new Error(errorText);
  loaderOfTop = loaderId ?? null;
  check();
  await loaded.promise;
  stopListening();
  return frameId;
}
