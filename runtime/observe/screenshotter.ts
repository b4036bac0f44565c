import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import type { Redactor } from "../model/redact.ts";
import { redactUrl } from "./redact-url.ts";
import { takePicture, within } from "./take-picture.ts";

const QUALITY = 60;
const TIMEOUT_MS = 2_000;
const LAST_TIMEOUT_MS = 500;
const MAX_PICTURES = 500;

/** One picture of a trace. */
export interface TracePicture {
  readonly file: string;
  readonly at: string;
  readonly url: string;
}

/** Takes pictures; the run never waits for them. */
export interface Screenshotter {
  take(page: Page): void;
  /** Takes no more, and gives those that are on their way a moment. */
  finish(): Promise<readonly TracePicture[]>;
}

/** A screenshotter that writes into `dir`. */
export function createScreenshotter(dir: string, redactor: Redactor): Screenshotter {
  const pictures: TracePicture[] = [];
  const taking = new Map<Page, { readonly done: Promise<void>; readonly giveUp: () => void }>();
  const startMs = performance.now();
  let count = 0;
  let isFinished = false;

  const takeOne = async (page: Page, givenUp: Promise<null>): Promise<void> => {
    const at = new Date().toISOString();
    const atMs = Math.round(performance.now() - startMs);
    const url = redactUrl(page.url(), redactor);
    const picture = await Promise.race([takePicture(page, { format: "jpeg", quality: QUALITY }, TIMEOUT_MS), givenUp]);
    if (picture === null || isFinished) return;
    const file = `${String(++count).padStart(4, "0")}-${atMs}.jpg`;
    await writeFile(join(dir, file), picture, { mode: 0o600 });
    pictures.push({ file: join("screenshots", file), at, url });
  };
  return {
    take(page) {
      if (isFinished || count >= MAX_PICTURES) return;
      // A picture of a page that has navigated on may never come; the newer wish is the better one.
      taking.get(page)?.giveUp();
      const givenUp = Promise.withResolvers<null>();
      // A page that closed meanwhile has no picture.
      const done = takeOne(page, givenUp.promise).catch(() => undefined);
      taking.set(page, { done, giveUp: () => givenUp.resolve(null) });
    },
    async finish() {
      await within(Promise.all([...taking.values()].map(({ done }) => done)), LAST_TIMEOUT_MS);
      isFinished = true;
      return [...pictures];
    },
  };
}
