import type { DurationText } from "../api/definitions.ts";

const UNITS = [
  ["day", "d", 86_400_000],
  ["hour", "h", 3_600_000],
  ["minute", "m", 60_000],
  ["second", "s", 1_000],
] as const;

/** Milliseconds of a duration; null: it cannot be read. */
export function durationMs(value: DurationText): number | null {
  if (typeof value === "number") return value;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(value.trim()) ?? [];
  if (amount === undefined) return null;
  return Number(amount) * (unit === "ms" ? 1 : (UNITS.find(([, short]) => short === unit)?.[2] ?? Number.NaN));
}

/** `15 minutes`, `1 hour`, `90 seconds`. */
export function durationWords(value: DurationText): string {
  const ms = durationMs(value);
  if (ms === null) return String(value);
  for (const [name, , unitMs] of UNITS) if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs} ${name}${ms === unitMs ? "" : "s"}`;
  return `${ms} ms`;
}

/** How a duration is typed: `15m`. */
export function durationText(value: DurationText | undefined): string {
  if (typeof value !== "number") return value ?? "";
  for (const [, short, unitMs] of UNITS) if (value >= unitMs && value % unitMs === 0) return `${value / unitMs}${short}`;
  return `${value}ms`;
}
