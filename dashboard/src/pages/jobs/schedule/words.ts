import type { Calendar, Schedule } from "../../../api/jobs.ts";
import { durationWords } from "../../../ui/duration.ts";

/** In the order of a week as most people read it. */
export const DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"] as const;
/** In the order of a year. */
export const MONTHS = ["JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"] as const;

/** When a job is triggered by itself, in a sentence. */
export function scheduleWords(schedule: Schedule | null | undefined): string {
  if (schedule === null || schedule === undefined) return "Only when triggered";
  const { intervals = [], calendars = [], cron = [], timeZone = "UTC", jitter } = schedule;
  const parts = [...list(intervals).map(({ every }) => `every ${durationWords(every).replace(/^1 /, "")}`), ...list(calendars).map(calendarWords), ...list(cron).map(cronWords)];
  if (parts.length === 0) return "Only when triggered";
  const hasClock = list(calendars).length + list(cron).length > 0;
  const sentence = `${parts.join("; ")}${hasClock ? ` (${timeZone})` : ""}${jitter === undefined || jitter === 0 ? "" : `, up to ${durationWords(jitter)} later`}`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** What is edited as JSON may be no list. */
function list<T>(value: readonly T[]): readonly T[] {
  const isList: boolean = Array.isArray(value);
  return isList ? value : [];
}

/** A calendar in words: `at 02:30, Monday to Friday`. */
export function calendarWords({ second, minute, hour, dayOfWeek, dayOfMonth, month, year, comment }: Calendar): string {
  const days = dayOfWeek === undefined || dayOfWeek === "*" ? "" : `, ${dayWords(dayOfWeek)}`;
  const inMonth = dayOfMonth === undefined || dayOfMonth === "*" ? "" : `, on day ${fieldWords(dayOfMonth)} of the month`;
  const months = month === undefined || month === "*" ? "" : `, in ${fieldWords(month)}`;
  const years = year === undefined || year === "*" ? "" : `, in ${fieldWords(year)}`;
  const every = days === "" && inMonth === "" ? " every day" : "";
  return `${clockWords(hour ?? 0, minute ?? 0, second ?? 0)}${isOften(hour, minute) ? "" : every}${days}${inMonth}${months}${years}${comment === undefined || comment === "" ? "" : ` – ${comment}`}`;
}

function isOften(hour: unknown, minute: unknown): boolean {
  return hour === "*" || minute === "*";
}

function clockWords(hour: unknown, minute: unknown, second: unknown): string {
  const hours = numbersOf(hour);
  const minutes = numbersOf(minute);
  const seconds = numbersOf(second);
  if (hours !== null && minutes !== null && seconds !== null && hours.length * minutes.length * seconds.length <= 6) {
    const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => (second === 0 ? `${two(h)}:${two(m)}` : `${two(h)}:${two(m)}:${two(s)}`))));
    return `at ${joined(times)}`;
  }
  if (second === 0 && hour === "*" && minute === "*") return "every minute";
  if (second === 0 && hour === "*" && minutes?.length === 1) return minute === 0 ? "every hour" : `every hour at minute ${minutes[0] ?? 0}`;
  const unit = (value: unknown, name: string): string => (value === "*" ? `every ${name}` : `${name} ${fieldWords(value)}`);
  return `at ${[...(second === 0 ? [] : [unit(second, "second")]), unit(minute, "minute"), unit(hour, "hour")].join(" of ")}`;
}

function numbersOf(field: unknown): readonly number[] | null {
  if (typeof field === "number") return [field];
  return Array.isArray(field) && field.length > 0 && field.every((one) => typeof one === "number") ? (field) : null;
}

/** `Monday to Friday`, `Tuesday and Sunday`. */
function dayWords(field: unknown): string {
  if (Array.isArray(field)) {
    const indexes = field.map((day) => DAYS.findIndex((one) => one === day)).toSorted((a, b) => a - b);
    const [first = -1] = indexes;
    const last = indexes.at(-1) ?? -1;
    if (first >= 0 && indexes.length > 2 && last - first === indexes.length - 1) return `${name(DAYS[first])} to ${name(DAYS[last])}`;
    if (first >= 0) return joined(indexes.map((index) => name(DAYS[index])));
  }
  return fieldWords(field);
}

function fieldWords(field: unknown): string {
  if (Array.isArray(field)) return joined(field.map(fieldWords));
  if (typeof field === "object" && field !== null) {
    const { start, end, step } = field as { readonly start?: unknown; readonly end?: unknown; readonly step?: unknown };
    return `${name(start)}${end === undefined ? "" : ` to ${name(end)}`}${typeof step === "number" && step !== 1 ? ` in steps of ${step}` : ""}`;
  }
  return name(field);
}

/** The cron patterns that people write most, in words; others as they are. */
function cronWords(pattern: string): string {
  const parts = String(pattern).trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = parts.length === 5 ? parts : parts.length === 6 ? parts.slice(1) : [];
  const isPlain = (parts.length === 5 || (parts.length === 6 && parts[0] === "0")) && day === "*" && month === "*";
  const number = /^\d+$/;
  const on = weekday === "*" ? "" : weekday === "1-5" || /^mon-fri$/i.test(weekday) ? ", Monday to Friday" : null;
  if (isPlain && on !== null) {
    const step = /^\*\/(\d+)$/.exec(minute)?.[1];
    if (step !== undefined && hour === "*") return `every ${step} minutes${on}`;
    if (minute === "*" && hour === "*") return `every minute${on}`;
    if (number.test(minute) && hour === "*") return `every hour at minute ${minute}${on}`;
    if (number.test(minute) && number.test(hour)) return `at ${two(Number(hour))}:${two(Number(minute))}${on === "" ? " every day" : on}`;
  }
  return `by the cron pattern ${pattern}`;
}

function name(value: unknown): string {
  const text = String(value);
  return /^[A-Z]+$/.test(text) ? text.charAt(0) + text.slice(1).toLowerCase() : text;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function joined(texts: readonly string[]): string {
  return texts.length < 2 ? (texts[0] ?? "") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1) ?? ""}`;
}
