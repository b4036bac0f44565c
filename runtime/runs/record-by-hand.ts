import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "puppeteer-core";
import { LatchkeyError } from "../model/errors.ts";
import type { FinishCondition, RunTarget } from "../model/run.ts";
import type { CapturedState } from "../model/storage-state.ts";
import type { AttemptOptions, AttemptRoom, Stage } from "./attempt-room.ts";
import { answerStep, describePage } from "./guided-page.ts";

const DONE = "done";
const LOOK_MS = 250;

/**
 * Lets a person log in by hand: in the live view of a hosted run, in the browser's window, or, where there is neither, through
 * questions in the terminal. Done when the finish condition holds, or when the person says so.
 */
export async function recordByHand(room: AttemptRoom, stage: Stage, options: AttemptOptions, target: RunTarget & { readonly kind: "auth-record" }): Promise<CapturedState> {
  const { log, deadline } = options;
  return log.phase("record", async () => {
    const page = await room.openPage(stage);
    const going = page.goto(target.startUrl, { waitUntil: "domcontentloaded" }).catch((cause: unknown) => {
      throw new LatchkeyError("NAVIGATION_FAILED", `The page to record on could not be opened: ${new URL(target.startUrl).host}.`, { cause });
    });
    await deadline.race(going);
    const ending = new AbortController();
    try {
      await deadline.race(untilDone(stage, page, options, finishes(stage, target.finish, ending.signal), ending.signal));
    } finally {
      ending.abort(new LatchkeyError("CANCELED", "The recording is over."));
    }
    return stage.attached.capture();
  });
}

async function untilDone(stage: Stage, page: Page, options: AttemptOptions, finished: Promise<void>, signal: AbortSignal): Promise<void> {
  const { log, deadline, live, request } = options;
  if (live !== null) {
    log.info("Log in in the live view of this run.");
    using _pause = deadline.pause();
    return Promise.race([finished, live.finished(AbortSignal.any([signal, deadline.signal]))]);
  }
  log.info(request.headful ? "Log in in the window that has opened." : "Log in by answering what the page asks for.");
  return request.headful ? Promise.race([finished, untilToldDone(options)]) : guide(stage, page, options, finished);
}

/** Resolves when a page of the context fulfils the condition; never when there is none. */
async function finishes(stage: Stage, { urlStartsWith, selector }: FinishCondition, signal: AbortSignal): Promise<void> {
  if (urlStartsWith === undefined && selector === undefined) return new Promise(() => undefined);
  for (;;) {
    for (const page of await stage.leased.context.pages()) {
      const urlHolds = urlStartsWith === undefined || page.url().startsWith(urlStartsWith);
      const selectorHolds = urlHolds && (selector === undefined || (await page.$(selector).catch(() => null)) !== null);
      if (selectorHolds) return;
    }
    await delay(LOOK_MS, undefined, { signal, ref: false });
  }
}

async function untilToldDone({ ask, deadline, redactor }: AttemptOptions): Promise<void> {
  using _pause = deadline.pause();
  redactor.add(await ask({ kind: "choice", message: "Are you logged in?", choices: ["yes, save it"], secret: false }, deadline.signal));
}

/** Asks step by step, since there is no window to look at. */
async function guide(stage: Stage, first: Page, { ask, deadline, log, redactor }: AttemptOptions, finished: Promise<void>): Promise<void> {
  let isFinished = false;
  void finished.then(
    () => (isFinished = true),
    () => undefined,
  );
  for (;;) {
    const page = (await stage.leased.context.pages()).at(-1) ?? first;
    const view = await describePage(page);
    if (isFinished) return;
    using _pause = deadline.pause();
    const step = await ask({ kind: "text", message: `${view.text}\nA number to click it, NUMBER=TEXT to fill it in, an address to open it, or "${DONE}"`, secret: false }, deadline.signal);
    if (step.trim() === DONE) return;
    const typed = step.slice(step.indexOf("=") + 1);
    if (step.includes("=")) redactor.add(typed);
    const problem = await answerStep(page, view, step.trim());
    if (problem !== null) log.warn(problem);
  }
}
