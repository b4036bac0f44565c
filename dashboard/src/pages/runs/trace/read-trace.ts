import { queryOptions } from "@tanstack/react-query";
import { asRecord, request, requestText } from "../../../api/request.ts";
import { artifactPath } from "../../../api/runs.ts";
import type { RunEvent } from "../../../api/types.ts";

/** A picture of a trace. */
export interface TracePicture {
  /** Address in the API. */
  readonly path: string;
  /** Milliseconds after the trace's beginning. */
  readonly atMs: number;
  readonly url: string;
}

/** A request of a page. */
export interface TraceRequest {
  readonly method: string;
  readonly url: string;
  /** 0: no answer came. */
  readonly status: number;
  readonly kind: string;
  readonly sizeBytes: number;
  readonly atMs: number;
  readonly durationMs: number;
}

/** A line of a page's console, or an error of its scripts. */
export interface TraceLine {
  readonly atMs: number;
  readonly type: string;
  readonly text: string;
}

/** A phase or a log line of the run itself. */
export interface TracePhase {
  readonly name: string;
  readonly atMs: number;
  readonly durationMs: number;
}

/** A whole trace, on one clock. */
export interface Trace {
  readonly durationMs: number;
  readonly pictures: readonly TracePicture[];
  readonly requests: readonly TraceRequest[];
  readonly lines: readonly TraceLine[];
  readonly phases: readonly TracePhase[];
  /** Whether there was more than is kept. */
  readonly isCut: boolean;
}

interface Index {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly files: { readonly har: string; readonly console: string; readonly errors: string; readonly timeline: string };
  readonly screenshots: readonly { readonly file: string; readonly at: string; readonly url: string }[];
  readonly cut: boolean;
}

interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response: { readonly status: number; readonly content?: { readonly mimeType?: string; readonly size?: number }; readonly bodySize?: number };
}

/** The trace of an attempt, in `folder` below the run's files. */
export function traceQuery(project: string, runId: string, folder: string) {
  return queryOptions({
    queryKey: ["project", project, "run", runId, "trace", folder],
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<Trace> => {
      const pathOf = (name: string): string => artifactPath(project, runId, `${folder}/${name}`);
      const index = await request<Index>(pathOf("index.json"), { signal });
      const { har, console: lines, errors, timeline } = index.files;
      const [archive, consoleText, errorText, events] = await Promise.all([request<{ readonly log: { readonly entries: readonly HarEntry[] } }>(pathOf(har), { signal }), requestText(pathOf(lines), signal), requestText(pathOf(errors), signal), request<readonly RunEvent[]>(pathOf(timeline), { signal })]);
      const startMs = Date.parse(index.startedAt);
      const sinceStart = (at: string): number => Math.max(0, Date.parse(at) - startMs);
      return {
        durationMs: Math.max(1, Date.parse(index.endedAt) - startMs),
        pictures: index.screenshots.map(({ file, at, url }) => ({ path: pathOf(file), atMs: sinceStart(at), url })),
        requests: archive.log.entries.map((entry) => toRequest(entry, sinceStart)).toSorted((a, b) => a.atMs - b.atMs),
        lines: [...readLines(consoleText).map((line) => toLine(line, sinceStart)), ...readLines(errorText).map((line) => toLine({ ...line, type: "error", text: line["message"] }, sinceStart))].toSorted((a, b) => a.atMs - b.atMs),
        phases: events.flatMap((event) => (event.type === "phase-ended" ? [{ name: event.phase, atMs: Math.max(0, sinceStart(event.at) - event.durationMs), durationMs: event.durationMs }] : [])),
        isCut: index.cut,
      };
    },
  });
}

function toRequest({ startedDateTime, time, request: asked, response }: HarEntry, sinceStart: (at: string) => number): TraceRequest {
  const mimeType = response.content?.mimeType ?? "";
  return { method: asked.method, url: asked.url, status: Math.max(0, response.status), kind: mimeType.split(";")[0]?.split("/").at(-1) ?? "", sizeBytes: Math.max(0, response.content?.size ?? response.bodySize ?? 0), atMs: sinceStart(startedDateTime), durationMs: Math.max(0, time) };
}

function toLine(line: Readonly<Record<string, unknown>>, sinceStart: (at: string) => number): TraceLine {
  const { at, type, text } = line;
  return { atMs: typeof at === "string" ? sinceStart(at) : 0, type: typeof type === "string" ? type : "log", text: typeof text === "string" ? text : "" };
}

function readLines(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : [asRecord(JSON.parse(line))]));
}
