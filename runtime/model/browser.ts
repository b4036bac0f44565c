import type { ProtocolMapping } from "devtools-protocol/types/protocol-mapping.js";
import type { Browser, BrowserContext, ConnectionTransport } from "puppeteer-core";
import type { Deadline } from "./deadline.ts";
import type { EgressPolicy, Gate, ProxyReport, UpstreamProxy } from "./proxy.ts";
import type { BrowserSettings } from "./settings.ts";

/** What a lease is asked for with. */
export interface LeaseRequest {
  readonly settings: BrowserSettings;
  readonly network: EgressPolicy;
  readonly deadline: Deadline;
  /** Told what a user should know, such as that the sandbox is off. */
  readonly warn: (message: string) => void;
}

/** Gives out Chromes. */
export interface BrowserProvider {
  /**
   * A Chrome of the caller's own.
   *
   * @throws LatchkeyError `BROWSER_NOT_FOUND`, `BROWSER_LAUNCH_FAILED`, or the deadline's reason.
   */
  lease(request: LeaseRequest): Promise<BrowserLease>;
}

/** A Chrome on loan to one attempt. Disposing kills its whole process tree and deletes its profile. */
export interface BrowserLease extends AsyncDisposable {
  /** The parent's own connection. The child has another, so neither sees the other's listeners. */
  readonly browser: Browser;
  /** Chrome's pid; null when it is a remote browser. */
  readonly pid: number | null;
  /** Settles with the reason when Chrome ends before the lease is disposed. */
  readonly ended: Promise<Error>;
  /** A new context with its own proxy listener. */
  openContext(options: { readonly deadline: Deadline; readonly upstream: UpstreamProxy | null }): Promise<LeasedContext>;
  /** A connection for the child: pages marked with {@link LeasedContext.hiddenPage} cannot be seen through it, and it cannot close Chrome. */
  openChildTransport(): Promise<ChildTransport>;
}

/** The child's way to Chrome, relayed by the parent. */
export interface ChildTransport extends AsyncDisposable {
  /** What the child says is sent here. */
  readonly transport: ConnectionTransport;
}

/** A browser context of one attempt with its route. Disposing closes it and its listener. */
export interface LeasedContext extends AsyncDisposable {
  /** Chrome's id of the context. */
  readonly id: string;
  readonly context: BrowserContext;
  /** Whether all its traffic goes through our listener (not so for a browser on another machine): only then a gate holds connections. */
  readonly gated: boolean;
  setGate(gate: Gate | null): void;
  /**
   * Called before the child is told of a request that it intercepts, so that state is restored
   * also where the author answers a document himself.
   */
  setInterceptGate(gate: ((url: string) => Promise<void>) | null): void;
  /** A page that neither the child nor our own Puppeteer sees, for restoring and capturing. */
  hiddenPage(): Promise<HiddenPage>;
  /** Sessions of our own with all pages and iframes that are open now, hidden ones left out. Detach them when done. */
  inspect(): Promise<readonly InspectedTarget[]>;
  report(): ProxyReport;
  /** Resolves when the blame for every failed connection so far is known. */
  settled(): Promise<void>;
}

type Commands = ProtocolMapping.Commands;
type Events = ProtocolMapping.Events;

/** A plain CDP session with a target that no Puppeteer knows of. */
export interface CdpSession {
  readonly id: string;
  /** @throws Error with Chrome's message. */
  send<Method extends keyof Commands>(method: Method, ...params: Commands[Method]["paramsType"]): Promise<Commands[Method]["returnType"]>;
  /** @returns a function that removes the listener. */
  on<Event extends keyof Events>(event: Event, listener: (params: Events[Event][0]) => void): () => void;
  /** A session that this one attached, such as that of an iframe in a process of its own. */
  child(sessionId: string): CdpSession;
}

/** A page or an out-of-process iframe that is open in a context. */
export interface InspectedTarget extends AsyncDisposable {
  readonly session: CdpSession;
  readonly type: "page" | "iframe";
}

/** A page for our own work. Disposing closes it. */
export interface HiddenPage extends AsyncDisposable {
  readonly session: CdpSession;
}
