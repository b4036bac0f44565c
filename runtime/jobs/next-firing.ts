import { createHash } from "node:crypto";
import type { Cron } from "croner";
import { LatchkeyError } from "../model/errors.ts";
import type { Firing, Schedule } from "../model/schedule.ts";
import { toCronPattern } from "./calendar.ts";
import { checkTimeZone, openCron } from "./open-cron.ts";

const MIN_INTERVAL_MS = 1_000;
const MAX_SPECS = 100;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Milliseconds of a number or of text such as `1h`; null: it is neither. */
export type ReadDuration = (value: number | string) => number | null;

/** Refuses what cannot be read, and what has no firing left, or, where it may be over, never had one: such a job would wait for ever. @throws LatchkeyError `SCHEDULE_INVALID` */
export function checkSchedule(schedule: Schedule, read: ReadDuration, mayBeOver: boolean): void {
  const { timeZone = "UTC", intervals = [], calendars = [], cron = [] } = schedule;
  checkTimeZone(timeZone);
  if (intervals.length + calendars.length + cron.length > MAX_SPECS) throw new LatchkeyError("SCHEDULE_INVALID", `A schedule has at most ${MAX_SPECS} intervals, calendars and cron patterns.`);
  for (const { every } of intervals) {
    const ms = read(every);
    if (ms === null || ms < MIN_INTERVAL_MS) throw new LatchkeyError("SCHEDULE_INVALID", `The schedule's interval ${JSON.stringify(every)} is no duration of a second or more.`);
  }
  for (const [name, value] of [["jitter", schedule.jitter], ["catchUpWindow", schedule.catchUpWindow]] as const) {
    if (value !== undefined && read(value) === null) throw new LatchkeyError("SCHEDULE_INVALID", `The schedule's ${name} ${JSON.stringify(value)} is no duration.`);
  }
  const isEmpty = intervals.length + calendars.length + cron.length === 0;
  if (!isEmpty && nextFiring(schedule, "", mayBeOver ? 0 : Date.now(), read) === null) {
    throw new LatchkeyError("SCHEDULE_INVALID", "The schedule never fires: none of its calendars and cron patterns fits a day from now on.", { hint: "Look for a year that is over, or a day that its month does not have; leave the schedule out for a job that is only triggered by hand." });
  }
}

/** How late a missed firing is still made. */
export function catchUpWindowMs({ catchUpWindow }: Schedule, read: ReadDuration): number {
  return catchUpWindow === undefined ? DAY_MS : (read(catchUpWindow) ?? DAY_MS);
}

/** The first firing whose nominal time is after `afterMs`. */
export function nextFiring(schedule: Schedule, name: string, afterMs: number, read: ReadDuration): Firing | null {
  const ofIntervals = (schedule.intervals ?? []).map(({ every }) => {
    const ms = read(every) ?? Number.POSITIVE_INFINITY;
    return (Math.floor(afterMs / ms) + 1) * ms;
  });
  // A cron counts in seconds: from the middle of one, the next second is not the next firing yet.
  const ofCrons = cronsOf(schedule).map((cron) => cron.nextRun(new Date(Math.floor(afterMs / 1_000) * 1_000))?.getTime() ?? Number.POSITIVE_INFINITY);
  const nominalMs = Math.min(...ofIntervals, ...ofCrons);
  if (!Number.isFinite(nominalMs)) return null;
  const jitterMs = schedule.jitter === undefined ? 0 : (read(schedule.jitter) ?? 0);
  return { nominalMs, atMs: nominalMs + Math.floor(fractionOf(`${name} ${nominalMs}`) * jitterMs) };
}

function cronsOf({ calendars = [], cron = [], timeZone = "UTC" }: Schedule): readonly Cron[] {
  return [...calendars.map((calendar) => openCron(toCronPattern(calendar), timeZone, { domAndDow: true })), ...cron.map((pattern) => openCron(pattern, timeZone))];
}

/** The same text gives the same number from 0 to below 1: a firing's jitter outlives a restart. */
function fractionOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}
