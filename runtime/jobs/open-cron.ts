import { Cron } from "croner";
import { LatchkeyError } from "../model/errors.ts";

/**
 * A cron pattern ready to be asked. A fixed time of the wall clock fires once on every day it is due, also on the days on
 * which clocks change; a pattern of every hour or minute fires each one that really passes.
 *
 * @throws LatchkeyError `SCHEDULE_INVALID`.
 */
export function openCron(pattern: string, timeZone = "UTC", options: { readonly domAndDow?: boolean } = {}): Cron {
  checkTimeZone(timeZone);
  try {
    return new Cron(pattern, { timezone: timeZone, paused: true, fixedTimeRule: "no-wildcard", ...options });
  } catch (cause) {
    throw new LatchkeyError("SCHEDULE_INVALID", `The cron pattern "${pattern.slice(0, 100)}" cannot be read: ${cause instanceof Error ? cause.message.replace(/^CronPattern: /, "").replace(/\.$/, "") : String(cause)}.`, { cause });
  }
}

/** @throws LatchkeyError `SCHEDULE_INVALID` */
export function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch (cause) {
    throw new LatchkeyError("SCHEDULE_INVALID", `There is no time zone "${timeZone.slice(0, 100)}".`, { cause, hint: "Use an IANA name, such as Europe/Berlin or UTC." });
  }
}
