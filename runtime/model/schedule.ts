/** One value of a field, a range, a range with a step. */
type CalendarRange<V> = V | { readonly start: V; readonly end?: V; readonly step?: number };

/** What a field of a calendar fits: `*` is everything. */
export type CalendarField<V> = CalendarRange<V> | readonly CalendarRange<V>[] | "*";

/** Names of days, from Sunday on as cron counts them. */
export const DAYS = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"] as const;
/** Names of months. */
export const MONTHS = ["JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"] as const;

/** The name of a day. */
export type Day = (typeof DAYS)[number];

/** Times of the wall clock. Left out, `second`, `minute` and `hour` are 0, everything else is every one (WIRE-API 4.2). */
export interface Calendar {
  readonly second?: CalendarField<number>;
  readonly minute?: CalendarField<number>;
  readonly hour?: CalendarField<number>;
  readonly dayOfWeek?: CalendarField<Day>;
  readonly dayOfMonth?: CalendarField<number>;
  readonly month?: CalendarField<(typeof MONTHS)[number]>;
  readonly year?: CalendarField<number>;
  readonly comment?: string;
}

/** When a job is triggered by itself (WIRE-API 4.2; `cron`, `timeZone` and `catchUpWindow` are ours). Durations: milliseconds, or text such as `1h`. */
export interface Schedule {
  /** Each firing is late by a part of it, always the same for the same firing. */
  readonly jitter?: number | string;
  /** Aligned to the Unix epoch. */
  readonly intervals?: readonly { readonly every: number | string }[];
  readonly calendars?: readonly Calendar[];
  readonly cron?: readonly string[];
  /** IANA name. Default UTC. */
  readonly timeZone?: string;
  /** How late a missed firing is still made. Default 24 h; 0: never. */
  readonly catchUpWindow?: number | string;
}

/** A firing of a schedule, in milliseconds since the epoch. */
export interface Firing {
  /** By the schedule. */
  readonly nominalMs: number;
  /** With its jitter. */
  readonly atMs: number;
}

/** When a queue releases items, as far as the clock is concerned. */
export interface QueueHours {
  /** Crons that close and open it (WIRE-API 4.12); the time zone is ours. */
  readonly schedule?: { readonly pause: string; readonly resume: string; readonly timeZone?: string };
  /** Open within any of them; `from` and `to` are HH:MM, and `to` may be on the next day. */
  readonly activePeriods?: readonly { readonly days?: readonly Day[]; readonly from: string; readonly to: string; readonly timeZone?: string }[];
}

/** Computes with clocks, calendars and time zones. The store asks it; nothing in it waits. */
export interface Timing {
  /** @throws LatchkeyError `SCHEDULE_INVALID` */
  checkSchedule(schedule: Schedule, options?: { /** A schedule that was fine when it was made, and has fired its last. */ readonly mayBeOver?: boolean }): void;
  /** The first firing whose nominal time is after `afterMs`; null: there is none. `name` decides its jitter. */
  nextFiring(schedule: Schedule, name: string, afterMs: number): Firing | null;
  /** How late a missed firing is still made, in milliseconds. */
  catchUpWindowMs(schedule: Schedule): number;
  /** @throws LatchkeyError `SCHEDULE_INVALID` */
  checkHours(hours: QueueHours): void;
  /** `nowMs` where the queue is open, else when it opens; infinite: never. */
  opensAtMs(hours: QueueHours, nowMs: number): number;
  /** Milliseconds of a number, or of text such as `1h`; null: it is neither. */
  durationMs(value: number | string): number | null;
}
