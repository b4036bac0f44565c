import { Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { formatBytes, formatDuration } from "../../../ui/Time.tsx";
import { PHASE_WORDS } from "../attempts.ts";
import type { TraceLine, TracePhase, TraceRequest } from "./read-trace.ts";
import classes from "./Trace.module.css";

/** What all parts of a trace are given. */
interface Scrubbed {
  readonly nowMs: number;
  /** Moves the scrubber. */
  readonly onGo: (atMs: number) => void;
}

/** Longer lists are narrowed by the filter instead. */
const MAX_ROWS = 500;

/** Requests with their times, as far as the scrubber has come in full colour. */
export function NetworkList({ requests, durationMs, nowMs, onGo }: { readonly requests: readonly TraceRequest[]; readonly durationMs: number } & Scrubbed): ReactElement {
  const [text, setText] = useState("");
  const found = requests.filter(({ url, status, method }) => `${method} ${status} ${url}`.toLowerCase().includes(text.toLowerCase()));
  return (
    <>
      {requests.length > 10 && <TextInput aria-label="Filter requests" placeholder="Filter by address, method or status" leftSection={<IconSearch size={16} aria-hidden />} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} mb="xs" />}
      <Nothing isShown={found.length === 0} text={requests.length === 0 ? "No page asked for anything." : "No request fits the filter."} />
      <ul className={classes["list"]} aria-label="Requests">
        {found.slice(0, MAX_ROWS).map(({ method, url, status, kind, sizeBytes, atMs, durationMs: took }, index) => (
          <li key={index}>
            <button type="button" className={classes["row"]} data-later={atMs > nowMs || undefined} data-now={(atMs <= nowMs && nowMs <= atMs + took) || undefined} onClick={() => onGo(atMs)} title={url}>
              <span className={classes["method"]}>{method}</span>
              <span className={classes["status"]} data-bad={status === 0 || status >= 400 || undefined}>
                {status === 0 ? "none" : status}
              </span>
              <span className={classes["url"]}>{shortUrl(url)}</span>
              <span className={classes["kind"]}>{kind}</span>
              <span className={classes["size"]}>{sizeBytes === 0 ? "" : formatBytes(sizeBytes)}</span>
              <span className={classes["water"]} aria-hidden>
                <span style={{ left: `${Math.min(99, (atMs / durationMs) * 100)}%`, width: `${Math.max(0.8, Math.min(100, (took / durationMs) * 100))}%` }} />
              </span>
              <span className={classes["took"]}>{formatDuration(took)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Nothing isShown={found.length > MAX_ROWS} text={`${found.length - MAX_ROWS} more are not shown: narrow the filter, or open the HAR among the files.`} />
    </>
  );
}

/** What pages wrote to the console, and what their scripts threw. */
export function ConsoleList({ lines, nowMs, onGo }: { readonly lines: readonly TraceLine[] } & Scrubbed): ReactElement {
  return (
    <>
      <Nothing isShown={lines.length === 0} text="No page wrote to its console." />
      <ul className={classes["list"]} aria-label="Console">
        {lines.slice(0, MAX_ROWS).map(({ atMs, type, text }, index) => (
          <li key={index}>
            <button type="button" className={classes["line"]} data-later={atMs > nowMs || undefined} data-type={type} onClick={() => onGo(atMs)}>
              <span className={classes["at"]}>{formatDuration(atMs)}</span>
              <span className={classes["type"]}>{type}</span>
              <span className={classes["text"]}>{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The phases of the attempt. */
export function PhaseList({ phases, nowMs, onGo }: { readonly phases: readonly TracePhase[] } & Scrubbed): ReactElement {
  return (
    <ul className={classes["list"]} aria-label="Phases">
      {phases.map(({ name, atMs, durationMs }) => (
        <li key={`${name} ${atMs}`}>
          <button type="button" className={classes["line"]} data-later={atMs > nowMs || undefined} onClick={() => onGo(atMs)}>
            <span className={classes["at"]}>{formatDuration(atMs)}</span>
            <span className={classes["type"]}>{formatDuration(durationMs)}</span>
            <span className={classes["text"]}>{PHASE_WORDS[name] ?? name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Nothing({ isShown, text }: { readonly isShown: boolean; readonly text: string }): ReactElement | null {
  return isShown ? (
    <Text size="sm" c="dimmed" py="xs">
      {text}
    </Text>
  ) : null;
}

function shortUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname, search } = new URL(url);
  return `${host}${pathname}${search}`;
}
