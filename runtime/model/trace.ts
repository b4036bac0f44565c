import type { BrowserContext } from "puppeteer-core";
import type { Redactor } from "./redact.ts";
import type { RunEvent } from "./run.ts";

/** Where the page was when an attempt failed. */
export interface FailurePicture {
  readonly url: string;
  readonly title: string;
  /** Absolute path of a PNG; null where no picture could be taken. */
  readonly screenshot: string | null;
}

/** Records one attempt. It only listens, and what it writes is redacted. */
export interface Trace {
  /** Records all pages of the context, present and future, until it closes. */
  attach(context: BrowserContext): Promise<void>;
  /** Tells it of an event of the run, for the timeline. */
  event(event: RunEvent): void;
  /** Writes what is still in memory. Call it before the context is closed. */
  finish(): Promise<void>;
}

/** Makes traces and pictures of failures. */
export interface Tracer {
  /** A trace whose files go to `dir`, which is made. */
  start(options: { readonly dir: string; readonly redactor: Redactor }): Promise<Trace>;
  /** A picture of the page a user would look at; null when no page answers within `timeoutMs`. Never throws. */
  pictureOf(context: BrowserContext, options: { readonly file: string; readonly redactor: Redactor; readonly timeoutMs: number }): Promise<FailurePicture | null>;
}
