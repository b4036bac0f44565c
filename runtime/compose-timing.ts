import { parseDurationMs } from "./config/parse-duration.ts";
import { catchUpWindowMs, checkSchedule, nextFiring } from "./jobs/next-firing.ts";
import type { Timing } from "./model/schedule.ts";
import { checkHours, opensAtMs } from "./queues/opening-hours.ts";

const LONGEST_MS = 366 * 24 * 60 * 60 * 1_000;

/** Clients may write a duration as a number of milliseconds or as text. */
function durationMs(value: number | string): number | null {
  const ms = typeof value === "number" ? value : parseDurationMs(value);
  return ms === null || !Number.isFinite(ms) || ms < 0 || ms > LONGEST_MS ? null : ms;
}

/** Schedules of jobs and hours of queues, for whoever has to do with time. */
export const TIMING: Timing = {
  checkSchedule: (schedule, { mayBeOver = false } = {}) => checkSchedule(schedule, durationMs, mayBeOver),
  nextFiring: (schedule, name, afterMs) => nextFiring(schedule, name, afterMs, durationMs),
  catchUpWindowMs: (schedule) => catchUpWindowMs(schedule, durationMs),
  checkHours,
  opensAtMs,
  durationMs,
};
