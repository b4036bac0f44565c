import type { ConnectionTransport } from "puppeteer-core";
import type { CdpSession, InspectedTarget } from "../model/browser.ts";
import type { CdpChannel } from "./cdp-channel.ts";
import { openCdpSession, type CdpSink } from "./cdp-session.ts";
import { filterForClient, refusalOf, type ClientRules } from "./client-rules.ts";

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
  /** Called before a child is told of a document that it intercepts. */
  interceptGate: ((url: string) => Promise<void>) | null;
  close(): void;
}

interface Client {
  /** Session of a child's own at the browser; null for the host and for ourselves. */
  readonly rootSession: string | null;
  readonly isChild: boolean;
  deliver(message: string): void;
  /** While it is above 0, messages wait in `held`. */
  holds: number;
  readonly held: string[];
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
export function createCdpMux(channel: CdpChannel): CdpMux {
  const routes = new Map<number, Route>();
  const owners = new Map<string, Client>();
  const clients = new Set<Client>();
  const hidden = new Set<string>();
  const transports: ConnectionTransport[] = [];
  let lastId = 0;
  let isClosed = false;

  const write = (client: Client, message: { readonly id: number; readonly method: string; readonly params?: unknown; readonly sessionId?: string }): void => {
    const id = ++lastId;
    routes.set(id, { client, id: message.id, method: message.method });
    channel.send(JSON.stringify({ ...message, id }));
  };
  const deliver = (client: Client, message: string): void => {
    if (client.holds > 0) client.held.push(message);
    else client.deliver(message);
  };
  const rules: ClientRules = { isHidden: (targetId) => hidden.has(targetId) };

  const onResponse = (text: string, globalId: number, end: number): void => {
    const route = routes.get(globalId);
    routes.delete(globalId);
    if (route === undefined || !clients.has(route.client)) return;
    const { client, id, method } = route;
    let message = `{"id":${id}${text.slice(end)}`;
    if (client.rootSession !== null) message = withoutSession(message, client.rootSession);
    if (method === "Target.getTargets") message = filterForClient(message, rules) ?? message;
    deliver(client, message);
  };
  const onEvent = (text: string): void => {
    const sessionId = SESSION_AT_END.exec(text)?.[1];
    const client = sessionId === undefined ? host : owners.get(sessionId);
    if (client === null || client === undefined) return;
    const message = client.rootSession === null ? text : withoutSession(text, client.rootSession);
    if (TARGET_EVENT.test(text)) onTargetEvent(client, message, sessionId);
    else deliver(client, message);
  };
  const onTargetEvent = (client: Client, message: string, sessionId: string | undefined): void => {
    const { method, params } = JSON.parse(message) as { method: string; params: { sessionId?: string; targetInfo?: { targetId: string }; targetId?: string; request?: { url: string }; resourceType?: string } };
    if (method === "Fetch.requestPaused") {
      const gate = client.isChild && params.resourceType === "Document" && params.request !== undefined ? mux.interceptGate : null;
      if (gate === null) deliver(client, message);
      else void gate(params.request?.url ?? "").finally(() => deliver(client, message));
      return;
    }
    if (method === "Target.attachedToTarget" && params.sessionId !== undefined) {
      if (client !== self && hidden.has(params.targetInfo?.targetId ?? "")) {
        releaseHidden(params.sessionId, sessionId);
        return;
      }
      owners.set(params.sessionId, client);
    } else if (method === "Target.detachedFromTarget" && params.sessionId !== undefined) owners.delete(params.sessionId);
    else if (client !== self && hidden.has(params.targetInfo?.targetId ?? params.targetId ?? "")) return;
    deliver(client, message);
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
    owners.set(sessionId, self);
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
    const answer = (body: object): void => deliver(client, JSON.stringify({ id: message.id, ...body, ...(sessionId !== undefined && { sessionId }) }));
    if (client.isChild) {
      if (sessionId !== undefined && owners.get(sessionId) !== client) return answer({ error: { code: -32001, message: "Session with given id not found." } });
      if (message.method === "Browser.close") return answer({ result: {} });
      const refusal = refusalOf(message, rules);
      if (refusal !== null) return answer({ error: { code: -32602, message: refusal } });
    }
    const session = sessionId ?? client.rootSession;
    write(client, { ...message, ...(session !== null && { sessionId: session }) });
  };

  const mux: CdpMux = {
    interceptGate: null,
    openHost() {
      const { client, transport } = openClient(null, false);
      host = client;
      return transport;
    },
    async openChild() {
      const { sessionId } = (await sendOwn("Target.attachToBrowserTarget", {})) as { sessionId: string };
      const { client, transport } = openClient(sessionId, true);
      owners.set(sessionId, client);
      return transport;
    },
    async createHiddenTarget(browserContextId) {
      const root = await (ownRoot ??= openOwnRoot());
      // Until its id is known, nobody may hear of it.
      const others = [...clients].filter((client) => client !== self);
      for (const client of others) client.holds += 1;
      let targetId: string;
      try {
        ({ targetId } = (await sendOwn("Target.createTarget", { url: "about:blank", browserContextId, background: true }, root)) as { targetId: string });
        hidden.add(targetId);
      } finally {
        for (const client of others) release(client);
      }
      const session = await attach(targetId, root);
      return { session, close: async () => void (await sendOwn("Target.closeTarget", { targetId }, root).catch(() => undefined)) };
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
    if (client.holds > 0) return;
    for (const message of client.held.splice(0)) {
      // What was held is looked at again: it may tell of the page that is hidden now.
      const target = TARGET_EVENT.test(message) ? (JSON.parse(message) as { method: string; params: { sessionId?: string; targetInfo?: { targetId: string } }; sessionId?: string }) : null;
      if (target === null || !hidden.has(target.params.targetInfo?.targetId ?? "")) client.deliver(message);
      else if (target.method === "Target.attachedToTarget" && target.params.sessionId !== undefined) releaseHidden(target.params.sessionId, target.sessionId ?? client.rootSession ?? undefined);
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

function withoutSession(message: string, sessionId: string): string {
  const tail = `,"sessionId":"${sessionId}"}`;
  return message.endsWith(tail) ? `${message.slice(0, -tail.length)}}` : message;
}

/** A command of a client; null where it is none. */
function parseCommand(text: string): { readonly id: number; readonly method: string; readonly params?: unknown; readonly sessionId?: string } | null {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== "object" || message === null || !("id" in message) || !("method" in message)) return null;
    if (typeof message.id !== "number" || typeof message.method !== "string") return null;
    if ("sessionId" in message && typeof message.sessionId !== "string") return null;
    return message as { id: number; method: string; params?: unknown; sessionId?: string };
  } catch {
    return null;
  }
}
