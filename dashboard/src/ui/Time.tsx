import { Tooltip } from "@mantine/core";
import { useEffect, useState, type ReactElement } from "react";

const UNITS = [
  ["year", 31_536_000_000],
  ["month", 2_592_000_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** How long ago, or in how long: `3 min. ago`. */
export function relativeTime(at: string, nowMs: number): string {
  const awayMs = Date.parse(at) - nowMs;
  for (const [unit, unitMs] of UNITS) if (Math.abs(awayMs) >= unitMs) return relative.format(Math.trunc(awayMs / unitMs), unit);
  return Math.abs(awayMs) < 10_000 ? "just now" : relative.format(Math.trunc(awayMs / 1_000), "second");
}

/** A point in time in the reader's own time zone. */
export function wholeTime(at: string): string {
  return whole.format(new Date(at));
}

/** `412 ms`, `8.2 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(1)} s`;
  if (durationMs < 3_600_000) return `${Math.floor(durationMs / 60_000)} min ${String(Math.floor((durationMs % 60_000) / 1_000)).padStart(2, "0")} s`;
  return `${Math.floor(durationMs / 3_600_000)} h ${String(Math.floor((durationMs % 3_600_000) / 60_000)).padStart(2, "0")} min`;
}

/** `1.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1_024 ** power).toFixed(1)} ${units[power - 1] ?? "KB"}`;
}

/** A clock that makes what shows it new again, every `everyMs`. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}

/** How long ago; the whole time on hover. A dash where there is none. */
export function RelativeTime({ at }: { readonly at: string | null | undefined }): ReactElement {
  const nowMs = useNow(10_000);
  if (at === null || at === undefined) return <span>–</span>;
  return (
    <Tooltip label={wholeTime(at)} openDelay={300}>
      <time dateTime={at} className="lk-tabular" style={{ whiteSpace: "nowrap" }}>
        {relativeTime(at, nowMs)}
      </time>
    </Tooltip>
  );
}

/** How long something took, or has taken so far while it goes on. */
export function Duration({ ms, since }: { readonly ms?: number | undefined; /** Of what goes on. */ readonly since?: string | undefined }): ReactElement {
  if (ms !== undefined) return <span className="lk-tabular">{formatDuration(ms)}</span>;
  return since === undefined ? <span>–</span> : <RunningDuration since={since} />;
}

function RunningDuration({ since }: { readonly since: string }): ReactElement {
  const nowMs = useNow(500);
  return <span className="lk-tabular">{formatDuration(Math.max(0, nowMs - Date.parse(since)))}</span>;
}
