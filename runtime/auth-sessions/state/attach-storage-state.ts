import type { Page, Target } from "puppeteer-core";
import type { LeasedContext } from "../../model/browser.ts";
import type { Deadline } from "../../model/deadline.ts";
import type { CapturedState, StateLoss, StorageState } from "../../model/storage-state.ts";
import { captureState } from "./capture-state.ts";
import { writeCookies } from "./cookies.ts";
import { openVisitor } from "./open-visitor.ts";
import { createPasskeyKeeper } from "./passkeys.ts";
import { createRestorer } from "./restorer.ts";
import { createSessionStorageKeeper } from "./session-storage.ts";
import type { StoragePlace } from "./storage-place.ts";

/** How a state is attached to a context. */
export interface AttachOptions {
  readonly leased: LeasedContext;
  readonly state: StorageState;
  /** Whether pages get a virtual authenticator, so that passkeys can be used and captured. */
  readonly passkeys: boolean;
  readonly deadline: Deadline;
  /** Told what could not be restored. */
  readonly log: (message: string) => void;
}

/** A state in a context: restored as sites are visited, and captured at the end. */
export interface AttachedState extends AsyncDisposable {
  /** Restores what belongs to a page rather than to the context. Call it before the page goes anywhere. */
  preparePage(page: Page): Promise<void>;
  /** All that the context holds now; what was never visited is carried over as it was. */
  capture(): Promise<CapturedState>;
  /** What could not be restored, so far. */
  readonly losses: readonly StateLoss[];
  /** How many documents were visited to restore and capture; grows with sites visited, never with sites stored. */
  readonly visits: number;
}

/**
 * Restores cookies at once and everything else when a site is first connected to, before it gets the connection:
 * so its first script sees all of it, and nothing is paid for sites that are not visited.
 */
export async function attachStorageState({ leased, state, passkeys, deadline, log }: AttachOptions): Promise<AttachedState> {
  const { context } = leased;
  const losses: StateLoss[] = [];
  const lose = (loss: StateLoss): void => {
    losses.push(loss);
    log(`Of the login, ${loss.place} of ${loss.origin} could not be restored: ${loss.reason}.`);
  };
  const visitor = openVisitor(leased);
  const restorer = createRestorer({ state, visitor, deadline, lose });
  const sessionStorage = createSessionStorageKeeper(state);
  const keeper = passkeys ? createPasskeyKeeper(state.webauthn ?? []) : null;
  const touched = new Map<string, StoragePlace>();
  const prepared = new Map<Page, Promise<void>>();

  const follow = (page: Page): Promise<void> => {
    const known = prepared.get(page);
    if (known !== undefined) return known;
    page.on("framenavigated", (frame) => {
      const origin = originOf(frame.url());
      const top = originOf(page.url());
      if (origin !== null) touched.set(`${origin} in ${top ?? ""}`, top === null || top === origin ? { origin } : { origin, partition: top });
    });
    const following = Promise.all([sessionStorage.follow(page), keeper?.equip(page)]).then(() => undefined);
    prepared.set(page, following);
    return following;
  };
  const onTarget = (target: Target): void => {
    if (target.type() !== "page" || target.browserContext() !== context) return;
    // A popup that closed at once needs nothing.
    void target.page().then((page) => (page === null ? undefined : follow(page))).catch(() => undefined);
  };

  await writeCookies(context.browser(), leased.id, state.cookies);
  if (leased.gated) {
    leased.setGate(({ host, port }) => restorer.restoreHost(`${host}:${port}`));
    leased.setInterceptGate((url) => restorer.restoreUrl(url));
  } else await restorer.restoreAll();
  context.on("targetcreated", onTarget);

  return {
    losses,
    get visits() {
      return visitor.visits;
    },
    preparePage: async (page) => void (await Promise.all([follow(page), sessionStorage.restore(page)])),
    capture: () => captureState({ leased, state, visitor, touched: [...touched.values()], left: sessionStorage.left, passkeys: keeper, knownLosses: losses }),
    async [Symbol.asyncDispose]() {
      context.off("targetcreated", onTarget);
      leased.setGate(null);
      leased.setInterceptGate(null);
      await visitor[Symbol.asyncDispose]();
    },
  };
}

function originOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { origin, protocol } = new URL(url);
  return /^https?:$/.test(protocol) ? origin : null;
}
