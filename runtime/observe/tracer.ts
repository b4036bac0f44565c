import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Page } from "puppeteer-core";
import type { RunEvent } from "../model/run.ts";
import type { FailurePicture, Trace, Tracer } from "../model/trace.ts";
import { createHarRecorder } from "./har-recorder.ts";
import { redactUrl, redactUrls } from "./redact-url.ts";
import { createScreenshotter } from "./screenshotter.ts";
import { takePicture, within } from "./take-picture.ts";

const MAX_LINES = 10_000;
/** A failure is told soon; more pages than this are not asked. */
const MAX_PAGES = 3;

/** Traces of attempts and pictures of failures. */
export function createTracer(): Tracer {
  return { start: startTrace, pictureOf };
}

const startTrace: Tracer["start"] = async ({ dir, redactor }): Promise<Trace> => {
  await mkdir(join(dir, "screenshots"), { recursive: true, mode: 0o700 });
  const startedAt = new Date().toISOString();
  const consoleLines: unknown[] = [];
  const errors: unknown[] = [];
  const timeline: RunEvent[] = [];
  const har = createHarRecorder(redactor);
  const screenshots = createScreenshotter(join(dir, "screenshots"), redactor);
  const watched = new WeakSet<Page>();
  const keep = (list: unknown[], line: unknown): void => {
    if (list.length < MAX_LINES) list.push(line);
  };

  const watch = async (page: Page): Promise<void> => {
    if (watched.has(page)) return;
    watched.add(page);
    page.on("console", (message) => keep(consoleLines, { at: new Date().toISOString(), type: message.type(), text: redactUrls(message.text(), redactor), url: redactUrl(message.location().url ?? "", redactor) }));
    page.on("pageerror", (error) => keep(errors, { at: new Date().toISOString(), message: redactUrls(error instanceof Error ? error.message : String(error), redactor), stack: redactUrls(error instanceof Error ? (error.stack ?? "") : "", redactor) }));
    page.on("load", () => screenshots.take(page));
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame()) screenshots.take(page);
    });
    await har.watch(page);
  };
  const write = async (name: string, text: string): Promise<void> => writeFile(join(dir, name), text, { mode: 0o600 });
  const lines = (list: readonly unknown[]): string => list.map((line) => `${JSON.stringify(redactor.value(line))}\n`).join("");

  return {
    async attach(context) {
      context.on("targetcreated", (target) => {
        if (target.type() !== "page") return;
        // A page that closed at once leaves nothing to record.
        void target.page().then((page) => (page === null ? undefined : watch(page))).catch(() => undefined);
      });
      for (const page of await context.pages()) await watch(page);
    },
    event: (event) => keep(timeline, event),
    async finish() {
      const pictures = await screenshots.finish();
      await write("trace.har", JSON.stringify(har.toHar(), null, 1));
      await write("console.jsonl", lines(consoleLines));
      await write("errors.jsonl", lines(errors));
      await write("timeline.json", JSON.stringify(redactor.value(timeline), null, 1));
      const files = { har: "trace.har", console: "console.jsonl", errors: "errors.jsonl", timeline: "timeline.json" };
      const cut = har.isCut || consoleLines.length >= MAX_LINES || errors.length >= MAX_LINES;
      await write("index.json", JSON.stringify({ format: 1, startedAt, endedAt: new Date().toISOString(), files, screenshots: pictures, cut }, null, 1));
    },
  };
};

const pictureOf: Tracer["pictureOf"] = async (context, { file, redactor, timeoutMs }): Promise<FailurePicture | null> => {
  const endsAtMs = performance.now() + timeoutMs;
  const leftMs = (): number => Math.max(100, endsAtMs - performance.now());
  const pages = (await within(context.pages(), leftMs() / 2)) ?? [];
  let fallback: FailurePicture | null = null;
  // The page opened last is the one a user would look at; when it spins, another one may answer.
  for (const page of pages.toReversed().slice(0, MAX_PAGES)) {
    const picture = await takePicture(page, { format: "png" }, leftMs() / 2);
    const url = redactUrl(page.url(), redactor);
    const title = redactor.text((await within(page.title(), picture === null ? 100 : leftMs() / 2)) ?? "");
    fallback ??= { url, title, screenshot: null };
    if (picture === null) continue;
    const isWritten = await mkdir(dirname(file), { recursive: true, mode: 0o700 }).then(() => writeFile(file, picture, { mode: 0o600 })).then(() => true, () => false);
    return { url, title, screenshot: isWritten ? file : null };
  }
  return fallback;
};
