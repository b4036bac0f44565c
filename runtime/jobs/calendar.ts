import { LatchkeyError } from "../model/errors.ts";
import { DAYS, MONTHS, type Calendar, type CalendarField } from "../model/schedule.ts";

interface FieldRule {
  readonly name: keyof Calendar;
  readonly minimum: number;
  readonly maximum: number;
  readonly names?: readonly string[];
  /** What an absent field means. */
  readonly absent: string;
}

/** In the order of a cron pattern. */
const FIELDS: readonly FieldRule[] = [
  { name: "second", minimum: 0, maximum: 59, absent: "0" },
  { name: "minute", minimum: 0, maximum: 59, absent: "0" },
  { name: "hour", minimum: 0, maximum: 23, absent: "0" },
  { name: "dayOfMonth", minimum: 1, maximum: 31, absent: "*" },
  { name: "month", minimum: 1, maximum: 12, names: MONTHS, absent: "*" },
  { name: "dayOfWeek", minimum: 0, maximum: 6, names: DAYS, absent: "*" },
  { name: "year", minimum: 1970, maximum: 9999, absent: "*" },
];

/** A calendar as a cron pattern of seven fields. @throws LatchkeyError `SCHEDULE_INVALID` */
export function toCronPattern(calendar: Calendar): string {
  return FIELDS.map((rule) => toCronField(rule, calendar[rule.name] as CalendarField<number | string> | undefined)).join(" ");
}

function toCronField(rule: FieldRule, field: CalendarField<number | string> | undefined): string {
  if (field === undefined) return rule.absent;
  if (field === "*") return "*";
  if (Array.isArray(field) && field.length === 0) throw invalid(rule, "names no value; leave it out, or write \"*\"");
  const parts = Array.isArray(field) ? (field as readonly unknown[]) : [field];
  return [...new Set(parts.flatMap((part) => valuesOf(rule, part)))].sort((a, b) => a - b).join(",");
}

function valuesOf(rule: FieldRule, part: unknown): readonly number[] {
  if (typeof part !== "object" || part === null) return [valueOf(rule, part)];
  const { start, end, step = 1 } = part as { readonly start?: unknown; readonly end?: unknown; readonly step?: unknown };
  const first = valueOf(rule, start);
  const last = end === undefined ? first : valueOf(rule, end);
  if (typeof step !== "number" || !Number.isInteger(step) || step < 1) throw invalid(rule, "has a step that is not a whole number from 1 on");
  if (last < first) throw invalid(rule, "has a range that ends before it starts");
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

function valueOf(rule: FieldRule, value: unknown): number {
  const { names, minimum, maximum } = rule;
  const number = names !== undefined && typeof value === "string" ? names.indexOf(value) + (names.includes(value) ? minimum : minimum - 1 - names.length) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < minimum || number > maximum || (names !== undefined && typeof value !== "string")) throw invalid(rule, `takes ${names === undefined ? `whole numbers from ${minimum} to ${maximum}` : names.join(", ")}`);
  return number;
}

function invalid({ name }: FieldRule, why: string): LatchkeyError {
  return new LatchkeyError("SCHEDULE_INVALID", `The schedule's calendar field ${name} ${why}.`);
}
