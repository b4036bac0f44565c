import { openCron } from "../jobs/open-cron.ts";
import { LatchkeyError } from "../model/errors.ts";
import { DAYS, type QueueHours } from "../model/schedule.ts";

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** @throws LatchkeyError `SCHEDULE_INVALID` */
export function checkHours({ schedule, activePeriods = [] }: QueueHours): void {
  if (schedule !== undefined) for (const pattern of [schedule.pause, schedule.resume]) openCron(pattern, schedule.timeZone);
  for (const { from, to, timeZone } of activePeriods) {
    for (const time of [from, to]) if (!TIME.test(time) && time !== "24:00") throw new LatchkeyError("SCHEDULE_INVALID", `The time ${JSON.stringify(time)} of an active period is not HH:MM.`);
    if (from === "24:00") throw new LatchkeyError("SCHEDULE_INVALID", "An active period begins at 00:00, not at 24:00.");
    openCron("0 0 * * *", timeZone);
  }
}

/** `nowMs` where the queue is open, else when it opens; infinite: never. */
export function opensAtMs({ schedule, activePeriods = [] }: QueueHours, nowMs: number): number {
  let atMs = nowMs;
  // Both may close it: whoever opens later decides, and may then be closed by the other. A few rounds settle it.
  for (let round = 0; round < 100; round += 1) {
    const next = Math.max(schedule === undefined ? atMs : resumesAtMs(schedule, atMs), periodBeginsAtMs(activePeriods, atMs));
    if (next === atMs || !Number.isFinite(next)) return next;
    atMs = next;
  }
  return Number.POSITIVE_INFINITY;
}

/** Closed when the next thing to happen is that it opens. */
function resumesAtMs({ pause, resume, timeZone }: NonNullable<QueueHours["schedule"]>, atMs: number): number {
  const at = new Date(Math.floor(atMs / 1_000) * 1_000);
  const opens = openCron(resume, timeZone).nextRun(at)?.getTime() ?? Number.POSITIVE_INFINITY;
  const closes = openCron(pause, timeZone).nextRun(at)?.getTime() ?? Number.POSITIVE_INFINITY;
  // One that never opens again is closed for good once it has closed.
  if (!Number.isFinite(opens)) return Number.isFinite(closes) ? atMs : opens;
  return opens < closes ? opens : atMs;
}

function periodBeginsAtMs(periods: NonNullable<QueueHours["activePeriods"]>, atMs: number): number {
  if (periods.length === 0) return atMs;
  return Math.min(
    ...periods.map(({ days = DAYS, from, to, timeZone }) => {
      const begins = openCron(pattern(from, days, 0), timeZone);
      const overnight = to <= from;
      const ends = openCron(to === "24:00" ? pattern("00:00", days, 1) : pattern(to, days, overnight ? 1 : 0), timeZone);
      const at = new Date(Math.floor(atMs / 1_000) * 1_000);
      // Inside when it began at or before now and the next thing to happen is its end.
      const next = begins.nextRun(new Date(at.getTime() - 1_000))?.getTime() ?? Number.POSITIVE_INFINITY;
      if (next === at.getTime()) return atMs;
      const end = ends.nextRun(at)?.getTime() ?? Number.POSITIVE_INFINITY;
      return end <= next ? atMs : next;
    }),
  );
}

function pattern(time: string, days: readonly (typeof DAYS)[number][], shift: number): string {
  const [hour = "0", minute = "0"] = time.split(":");
  return `0 ${Number(minute)} ${Number(hour)} * * ${days.map((day) => (DAYS.indexOf(day) + shift) % 7).join(",")}`;
}
