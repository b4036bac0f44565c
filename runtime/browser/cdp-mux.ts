import type { ConnectionTransport } from "puppeteer-core";
import type { CdpSession, InspectedTarget } from "../model/browser.ts";
import type { CdpChannel } from "./cdp-channel.ts";
import { openCdpSession, type CdpSink } from "./cdp-session.ts";
import { parseCommand, withoutSession, type CdpCommand } from "./cdp-message.ts";
import { refusalOf, withoutHiddenTargets, withProxy, type ClientRules, type HideableTarget } from "./client-rules.ts";

/** Several clients on one Chrome, none of which sees another's sessions or targets that are hidden from it. */
export interface CdpMux {
  /** Our own Puppeteer's connection: speaks to the browser itself. */
  openHost(): ConnectionTransport;
  /** A connection for author code: a browser session of its own, within what {@link ClientRules} allow. */
  openChild(): Promise<ConnectionTransport>;
  /** A page that no client can see, driven by plain CDP. */
  createHiddenTarget(browserContextId: string): Promise<{ readonly session: CdpSession; close(): Promise<void> }>;
  /** Sessions with the pages and iframes of a context that are not hidden. */
  inspect(browserContextId: string): Promise<readonly InspectedTarget[]>;
  /** Called before a child is told of a document of that context that it intercepts; null removes it. */
  setInterceptGate(browserContextId: string, gate: InterceptGate | null): void;
  /** The proxy of contexts that a child makes: its traffic must not find a way around ours. Null: the browser's own. */
  setChildProxy(url: string | null): void;
  close(): void;
}

/** Holds the document of an address back until it settles. */
export type InterceptGate = (url: string) => Promise<void>;

/** What depends on where the browser runs. */
export interface MuxOptions {
  /** Whether the browser's traffic goes through our listeners. */
  readonly isProxied: boolean;
}

interface Client {
  /** Session of a child's own at the browser; null for the host and for ourselves. */
  readonly rootSession: string | null;
  readonly isChild: boolean;
  deliver(message: string): void;
  /** While it is above 0, what comes from Chrome waits in `held`. */
  holds: number;
  readonly held: (() => void)[];
}

interface Owner {
  readonly client: Client;
  readonly browserContextId: string | null;
}

interface TargetEventParams {
  readonly sessionId?: string;
  readonly targetId?: string;
  readonly targetInfo?: HideableTarget & { readonly browserContextId?: string };
  readonly request?: { readonly url: string };
  readonly resourceType?: string;
}

interface Route {
  readonly client: Client;
  readonly id: number;
  readonly method: string;
}

const SESSION_AT_END = /,"sessionId":"([0-9A-Za-z]+)"\}$/;
const ID_AT_START = /^\{"id":(\d+)/;
const TARGET_EVENT = /^\{"method":"(Target\.(?:attachedToTarget|detachedFromTarget|targetCreated|targetInfoChanged|targetDestroyed|targetCrashed)|Fetch\.requestPaused)"/;

/** Shares `channel` between clients. Messages are only parsed where they must be changed: screenshots pass as they are. */
export function createCdpMux(channel: CdpChannel, { isProxied }: MuxOptions): CdpMux {
  const routes = new Map<number, Route>();
  const owners = new Map<string, Owner>();
  const clients = new Set<Client>();
  const hidden = new Set<string>();
  const interceptGates = new Map<string, InterceptGate>();
  const transports: ConnectionTransport[] = [];
  let childProxy: string | null = null;
  let lastId = 0;
  let isClosed = false;

  const write = (client: Client, message: CdpCommand): void => {
    const id = ++lastId;
    routes.set(id, { client, id: message.id, method: message.method });
    channel.send(JSON.stringify({ ...message, id }));
  };
  const whenNotHeld = (client: Client, act: () => void): void => {
    if (client.holds > 0) client.held.push(act);
    else act();
  };
  const rules: ClientRules = {
    isHidden: (target) => {
      // A frame of a hidden page that has a process of its own is a target of its own.
      const isOfHidden = hidden.has(target.targetId) || (target.parentFrameId !== undefined && hidden.has(target.parentFrameId));
      if (isOfHidden) hidden.add(target.targetId);
      return isOfHidden;
    },
  };

  const onResponse = (text: string, globalId: number, end: number): void => {
    const route = routes.get(globalId);
    routes.delete(globalId);
    if (route === undefined || !clients.has(route.client)) return;
    const { client, id, method } = route;
    let message = `{"id":${id}${text.slice(end)}`;
    if (client.rootSession !== null) message = withoutSession(message, client.rootSession);
    whenNotHeld(client, () => client.deliver(method === "Target.getTargets" && client !== self ? withoutHiddenTargets(message, rules) : message));
  };
  const onEvent = (text: string): void => {
    const sessionId = SESSION_AT_END.exec(text)?.[1];
    const owner = sessionId === undefined ? undefined : owners.get(sessionId);
    const client = sessionId === undefined ? host : owner?.client;
    if (client === null || client === undefined || !clients.has(client)) return;
    const message = client.rootSession === null ? text : withoutSession(text, client.rootSession);
    whenNotHeld(client, () => {
      if (TARGET_EVENT.test(text)) onTargetEvent(client, owner?.browserContextId ?? null, message, sessionId);
      else client.deliver(message);
    });
  };
  const onTargetEvent = (client: Client, browserContextId: string | null, message: string, sessionId: string | undefined): void => {
    const { method, params } = JSON.parse(message) as { readonly method: string; readonly params: TargetEventParams };
    if (method === "Fetch.requestPaused") {
      const gate = client.isChild && params.resourceType === "Document" && browserContextId !== null ? interceptGates.get(browserContextId) : undefined;
      const pass = (): void => client.deliver(message);
      if (gate === undefined) pass();
      else gate(params.request?.url ?? "").then(pass, pass);
      return;
    }
    const target = params.targetInfo ?? (params.targetId === undefined ? null : { targetId: params.targetId });
    const isHidden = client !== self && target !== null && rules.isHidden(target);
    if (method === "Target.attachedToTarget" && params.sessionId !== undefined) {
      if (isHidden) return releaseHidden(params.sessionId, sessionId);
      owners.set(params.sessionId, { client, browserContextId: params.targetInfo?.browserContextId ?? browserContextId });
    } else if (method === "Target.detachedFromTarget" && params.sessionId !== undefined) owners.delete(params.sessionId);
    if (!isHidden) client.deliver(message);
  };
  /** A client attached itself to a hidden page by auto-attach: let the page go on, and the client never know. */
  const releaseHidden = (attachedSession: string, parentSession: string | undefined): void => {
    write(self, { id: 0, method: "Runtime.runIfWaitingForDebugger", sessionId: attachedSession });
    write(self, { id: 0, method: "Target.detachFromTarget", params: { sessionId: attachedSession }, ...(parentSession !== undefined && { sessionId: parentSession }) });
  };

  // Ourselves: a client like the others, whose sessions are those of hidden pages.
  const sinks = new Map<string, CdpSink>();
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let lastOwnId = 0;
  const self: Client = { rootSession: null, isChild: false, holds: 0, held: [], deliver: (message) => receiveOwn(message, pending, sinks) };
  clients.add(self);
  const sendOwn = (method: string, params: object, sessionId?: string): Promise<unknown> => {
    const id = ++lastOwnId;
    const answer = Promise.withResolvers<unknown>();
    pending.set(id, answer);
    answer.promise.catch(() => undefined);
    if (isClosed) answer.reject(new Error("the browser has ended"));
    else write(self, { id, method, params, ...(sessionId !== undefined && { sessionId }) });
    return answer.promise;
  };
  let host: Client | null = null;
  // Hidden pages are attached to from a browser session of our own: what the host hears of them is filtered like a child's.
  let ownRoot: Promise<string> | null = null;
  const openOwnRoot = async (): Promise<string> => {
    const { sessionId } = (await sendOwn("Target.attachToBrowserTarget", {})) as { sessionId: string };
    owners.set(sessionId, { client: self, browserContextId: null });
    return sessionId;
  };

  channel.onmessage = (text) => {
    const match = ID_AT_START.exec(text);
    if (match === null) onEvent(text);
    else onResponse(text, Number(match[1]), match[0].length);
  };
  channel.onclose = () => {
    if (isClosed) return;
    isClosed = true;
    for (const answer of pending.values()) answer.reject(new Error("the browser has ended"));
    for (const transport of transports) transport.onclose?.();
  };

  const openClient = (rootSession: string | null, isChild: boolean): { readonly client: Client; readonly transport: ConnectionTransport } => {
    const transport: ConnectionTransport = {
      send: (text) => {
        if (!isClosed && clients.has(client)) fromClient(client, text);
      },
      close: () => {
        if (clients.delete(client) && rootSession !== null) void sendOwn("Target.detachFromTarget", { sessionId: rootSession });
      },
    };
    const client: Client = { rootSession, isChild, holds: 0, held: [], deliver: (message) => transport.onmessage?.(message) };
    clients.add(client);
    transports.push(transport);
    return { client, transport };
  };
  const fromClient = (client: Client, text: string): void => {
    const message = parseCommand(text);
    if (message === null) return;
    const { sessionId } = message;
    const answer = (body: object): void => whenNotHeld(client, () => client.deliver(JSON.stringify({ id: message.id, ...body, ...(sessionId !== undefined && { sessionId }) })));
    if (client.isChild) {
      if (sessionId !== undefined && owners.get(sessionId)?.client !== client) return answer({ error: { code: -32001, message: "Session with given id not found." } });
      if (message.method === "Browser.close") return answer({ result: {} });
      const refusal = refusalOf(message, rules);
      if (refusal !== null) return answer({ error: { code: -32602, message: refusal } });
    }
    const session = sessionId ?? client.rootSession;
    const params = client.isChild && isProxied && message.method === "Target.createBrowserContext" ? withProxy(message.params, childProxy) : message.params;
    write(client, { ...message, params, ...(session !== null && { sessionId: session }) });
  };

  const mux: CdpMux = {
    setInterceptGate(browserContextId, gate) {
      if (gate === null) interceptGates.delete(browserContextId);
      else interceptGates.set(browserContextId, gate);
    },
    setChildProxy: (url) => void (childProxy = url),
    openHost() {
      const { client, transport } = openClient(null, false);
      host = client;
      return transport;
    },
    async openChild() {
      const { sessionId } = (await sendOwn("Target.attachToBrowserTarget", {})) as { sessionId: string };
      const { client, transport } = openClient(sessionId, true);
      owners.set(sessionId, { client, browserContextId: null });
      return transport;
    },
    async createHiddenTarget(browserContextId) {
      const root = await (ownRoot ??= openOwnRoot());
      // Until its ids are known, nobody may hear of it.
      const others = [...clients].filter((client) => client !== self);
      for (const client of others) client.holds += 1;
      try {
        // By its tab: Chrome tells of that too, and whoever attaches to a tab gets its page.
        const created = (await sendOwn("Target.createTarget", { url: "about:blank", browserContextId, background: true, forTab: true }, root)) as { targetId: string };
        hidden.add(created.targetId);
        const tab = await attach(created.targetId, root);
        let page: { readonly targetId: string; readonly session: CdpSession } | null = null;
        tab.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
          hidden.add(targetInfo.targetId);
          if (targetInfo.type === "page") page ??= { targetId: targetInfo.targetId, session: tab.child(sessionId) };
        });
        await tab.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
        return hiddenTarget(page, root);
      } finally {
        for (const client of others) release(client);
      }
    },
    async inspect(browserContextId) {
      const root = await (ownRoot ??= openOwnRoot());
      const { targetInfos } = (await sendOwn("Target.getTargets", { filter: [{ type: "page" }, { type: "iframe" }] }, root)) as { targetInfos: readonly { targetId: string; type: "page" | "iframe"; browserContextId?: string }[] };
      const wanted = targetInfos.filter((target) => target.browserContextId === browserContextId && !hidden.has(target.targetId));
      const attached = await Promise.allSettled(wanted.map(async ({ targetId, type }) => ({ type, session: await attach(targetId, root) })));
      return attached.flatMap((result) => (result.status === "rejected" ? [] : [{ ...result.value, [Symbol.asyncDispose]: () => detach(result.value.session.id, root) }]));
    },
    close: () => channel.close(),
  };
  const hiddenTarget = (page: { readonly targetId: string; readonly session: CdpSession } | null, root: string): { readonly session: CdpSession; close(): Promise<void> } => {
    if (page === null) throw new Error("Chrome made a tab without a page");
    const { targetId, session } = page;
    return { session, close: async () => void (await sendOwn("Target.closeTarget", { targetId }, root).catch(() => undefined)) };
  };
  const attach = async (targetId: string, root: string): Promise<CdpSession> => {
    const { sessionId } = (await sendOwn("Target.attachToTarget", { targetId, flatten: true }, root)) as { sessionId: string };
    return openCdpSession(sessionId, (method, params, id) => sendOwn(method, params, id), sinks);
  };
  const detach = async (sessionId: string, root: string): Promise<void> => {
    sinks.delete(sessionId);
    await sendOwn("Target.detachFromTarget", { sessionId }, root).catch(() => undefined);
  };
  const release = (client: Client): void => {
    client.holds -= 1;
    while (client.holds === 0) {
      const act = client.held.shift();
      if (act === undefined) break;
      act();
    }
  };
  return mux;
}

function receiveOwn(text: string, pending: Map<number, PromiseWithResolvers<unknown>>, sinks: ReadonlyMap<string, CdpSink>): void {
  const message = JSON.parse(text) as { id?: number; result?: unknown; error?: { message: string }; method?: string; params?: unknown; sessionId?: string };
  if (message.id !== undefined) {
    const answer = pending.get(message.id);
    pending.delete(message.id);
    if (message.error === undefined) answer?.resolve(message.result);
    else answer?.reject(new Error(message.error.message));
  } else if (message.method !== undefined && message.sessionId !== undefined) sinks.get(message.sessionId)?.(message.method, message.params);
}
