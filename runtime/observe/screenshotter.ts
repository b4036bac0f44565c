import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import type { Redactor } from "../model/redact.ts";
import { redactUrl } from "./redact-url.ts";
import { takePicture } from "./take-picture.ts";

const QUALITY = 60;
const TIMEOUT_MS = 2_000;
const MAX_PICTURES = 500;

/** One picture of a trace. */
export interface TracePicture {
  readonly file: string;
  readonly at: string;
  readonly url: string;
}

/** Takes pictures one at a time; while one is taken, only the latest wish is kept. The run never waits for it. */
export interface Screenshotter {
  take(page: Page): void;
  /** Waits for the last one. */
  finish(): Promise<readonly TracePicture[]>;
}

/** A screenshotter that writes into `dir`. */
export function createScreenshotter(dir: string, redactor: Redactor): Screenshotter {
  const pictures: TracePicture[] = [];
  const startMs = performance.now();
  let current: Promise<void> | null = null;
  let next: Page | null = null;
  let isFinished = false;

  const takeOne = async (page: Page): Promise<void> => {
    const at = new Date().toISOString();
    const url = redactUrl(page.url(), redactor);
    const picture = await takePicture(page, { format: "jpeg", quality: QUALITY }, TIMEOUT_MS);
    if (picture === null) return;
    const file = `${String(pictures.length + 1).padStart(4, "0")}-${Math.round(performance.now() - startMs)}.jpg`;
    pictures.push({ file: join("screenshots", file), at, url });
    await writeFile(join(dir, file), picture, { mode: 0o600 });
  };
  const run = async (first: Page): Promise<void> => {
    for (let page: Page | null = first; page !== null; ) {
      // A page that closed meanwhile has no picture.
      await takeOne(page).catch(() => undefined);
      page = next;
      next = null;
    }
    current = null;
  };
  return {
    take(page) {
      if (isFinished || pictures.length >= MAX_PICTURES) return;
      if (current === null) current = run(page);
      else next = page;
    },
    async finish() {
      // A page that reloads itself would wish for ever.
      isFinished = true;
      next = null;
      await current;
      return pictures;
    },
  };
}
