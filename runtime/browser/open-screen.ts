import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, CDPSession, Protocol, Target } from "puppeteer-core";
import type { LivePage, LiveScreen, LiveSink } from "../model/live.ts";
import { createInputDispatcher } from "./dispatch-input.ts";

const CAST = { format: "jpeg", quality: 60, maxWidth: 1_280, maxHeight: 800, everyNthFrame: 1 } as const;
/** More frames a second than anybody needs to act by. */
const FRAME_MS = 40;
/** A title may change without any other news. */
const TITLE_MS = 500;

interface Shown {
  readonly target: Target;
  readonly session: CDPSession;
  isCast: boolean;
}

/** The pages of a context as one screen. Nothing is attached to them until somebody looks or acts. */
export function openScreen(context: BrowserContext, { answersDialogs }: { readonly answersDialogs: boolean }): LiveScreen {
  const dispatch = createInputDispatcher();
  let sink: LiveSink | null = null;
  let shown: Shown | null = null;
  let known: LivePage | null = null;
  let size = { width: 0, height: 0 };
  let latest: Buffer | null = null;
  let isSending = false;
  let turn = Promise.resolve();
  let state: "open" | "disposed" = "open";
  let timer: NodeJS.Timeout | null = null;

  /** One change at a time, in order; a page that closes meanwhile is left for the next one. */
  const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work).catch(() => undefined));
  const newest = (): Target | null => context.targets().filter((target) => target.type() === "page").at(-1) ?? null;

  const send = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (latest !== null && sink !== null) {
      const jpeg = latest;
      latest = null;
      const pause = delay(FRAME_MS);
      await sink.frame(jpeg).catch(() => undefined);
      await pause;
    }
    isSending = false;
  };
  const tellPage = async (): Promise<void> => {
    const session = shown?.session;
    if (session === undefined || sink === null) return;
    // The browser's own process answers, also while the page is busy.
    const { targetInfo } = await session.send("Target.getTargetInfo");
    if (session !== shown?.session) return;
    const page: LivePage = { url: targetInfo.url, title: targetInfo.title, ...size };
    if (known !== null && known.url === page.url && known.title === page.title && known.width === page.width && known.height === page.height) return;
    known = page;
    sink?.page(page);
  };
  const onFrame = (session: CDPSession, { data, metadata, sessionId }: Protocol.Page.ScreencastFrameEvent): void => {
    // At once, since Chrome leaves out what changes while frames wait for their answer, and the last one would be missing.
    void session.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);
    if (session !== shown?.session || sink === null) return;
    const { deviceWidth: width, deviceHeight: height } = metadata;
    if (width !== size.width || height !== size.height) {
      size = { width, height };
      void tellPage().catch(() => undefined);
    }
    latest = Buffer.from(data, "base64");
    void send();
  };
  const leave = async (): Promise<void> => {
    const left = shown;
    shown = null;
    latest = null;
    await left?.session.detach().catch(() => undefined);
  };
  const attach = async (): Promise<CDPSession | null> => {
    const target = newest();
    if (target === shown?.target) return shown?.session ?? null;
    await leave();
    if (target === null || state === "disposed") return null;
    const session = await target.createCDPSession();
    shown = { target, session, isCast: false };
    if (answersDialogs) session.on("Page.javascriptDialogOpening", () => void session.send("Page.handleJavaScriptDialog", { accept: true }).catch(() => undefined));
    await session.send("Page.enable");
    if (answersDialogs) await session.send("Page.bringToFront");
    return session;
  };
  /** Follows to the page opened last. */
  const follow = (): Promise<void> =>
    inTurn(async () => {
      if (sink === null) return;
      const session = await attach();
      if (session === null || shown === null || shown.isCast) return;
      shown.isCast = true;
      session.on("Page.screencastFrame", (frame) => onFrame(session, frame));
      await tellPage();
      await session.send("Page.startScreencast", CAST);
    });
  const onTarget = (): void => void follow();
  const onChange = (): void => void inTurn(tellPage);

  context.on("targetcreated", onTarget);
  context.on("targetdestroyed", onTarget);
  context.on("targetchanged", onChange);
  const stop = (): Promise<void> => {
    sink = null;
    if (timer !== null) clearInterval(timer);
    timer = null;
    return inTurn(async () => {
      known = null;
      await shown?.session.send("Page.stopScreencast");
    }).then(() => inTurn(leave));
  };
  return {
    async start(to) {
      sink = to;
      timer ??= setInterval(onChange, TITLE_MS).unref();
      await follow();
    },
    stop,
    async act(input) {
      let session: CDPSession | null = null;
      await inTurn(async () => void (session = shown?.session ?? (await attach())));
      return session === null ? null : dispatch(session, input);
    },
    async [Symbol.asyncDispose]() {
      state = "disposed";
      context.off("targetcreated", onTarget);
      context.off("targetdestroyed", onTarget);
      context.off("targetchanged", onChange);
      await stop();
    },
  };
}
