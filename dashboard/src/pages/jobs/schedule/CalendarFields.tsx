import { Chip, Group, MultiSelect, Stack, Text, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import type { Calendar } from "../../../api/jobs.ts";
import { withPart } from "../../../ui/definition/with-part.ts";
import { calendarWords, DAYS, MONTHS } from "./words.ts";

/** A time of the clock, on which days. What was written otherwise, such as ranges, is shown in words and edited as JSON. */
export function CalendarFields({ number, value, onChange }: { readonly number: number; readonly value: Calendar; readonly onChange: (value: Calendar) => void }): ReactElement {
  const { hour = 0, minute = 0, second = 0, dayOfWeek, month, dayOfMonth } = value;
  const days = namesOf(dayOfWeek, DAYS);
  const months = namesOf(month, MONTHS);
  if (typeof hour !== "number" || typeof minute !== "number" || second !== 0 || days === null || months === null || (dayOfMonth !== undefined && dayOfMonth !== "*" && typeof dayOfMonth !== "number"))
    return (
      <Text size="sm">
        Time {number}: {calendarWords(value)}
        <Text component="span" size="xs" c="dimmed" display="block">
          The form has no fields for it; edit it as JSON.
        </Text>
      </Text>
    );
  const change = (part: { readonly [K in keyof Calendar]?: Calendar[K] | undefined }): void => onChange(withPart(value, part));
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="md">
        <TextInput
          type="time"
          label={`Time ${number}`}
          value={`${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`}
          onChange={({ currentTarget }) => {
            const [hours, minutes] = currentTarget.value.split(":").map(Number);
            if (Number.isInteger(hours) && Number.isInteger(minutes)) change({ hour: hours, minute: minutes });
          }}
          w={130}
        />
        <Chip.Group multiple value={[...days]} onChange={(next: string[]) => change({ dayOfWeek: next.length === 0 || next.length === DAYS.length ? undefined : DAYS.filter((day) => next.includes(day)) })}>
          <Group gap={4} role="group" aria-label={`Days of time ${number}`}>
            {DAYS.map((day) => (
              <Chip key={day} value={day} size="xs" variant="outline">
                {day.charAt(0) + day.slice(1, 3).toLowerCase()}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Group>
      <Group align="flex-end" gap="md">
        <TextInput
          label={`Day of the month ${number === 1 ? "" : number}`.trim()}
          placeholder="Any"
          inputMode="numeric"
          w={130}
          value={typeof dayOfMonth === "number" ? String(dayOfMonth) : ""}
          onChange={({ currentTarget }) => change({ dayOfMonth: /^\d{1,2}$/.test(currentTarget.value) ? Number(currentTarget.value) : undefined })}
          autoComplete="off"
        />
        <MultiSelect label={`Months ${number === 1 ? "" : number}`.trim()} placeholder={months.length === 0 ? "Every month" : ""} data={MONTHS.map((one) => ({ value: one, label: one.charAt(0) + one.slice(1).toLowerCase() }))} value={[...months]} onChange={(next) => change({ month: next.length === 0 ? undefined : next })} clearable style={{ flex: "1 1 12rem" }} />
      </Group>
    </Stack>
  );
}

/** Names as a list; empty: every one; null: written in a way that the form does not edit. */
function namesOf(field: unknown, all: readonly string[]): readonly string[] | null {
  if (field === undefined || field === "*") return [];
  if (typeof field === "string" && all.includes(field)) return [field];
  if (Array.isArray(field) && field.every((one) => typeof one === "string" && all.includes(one))) return field as readonly string[];
  // A plain range is the days in it.
  if (typeof field === "object" && field !== null && !Array.isArray(field)) {
    const { start, end, step = 1 } = field as { readonly start?: unknown; readonly end?: unknown; readonly step?: unknown };
    const [from, to] = [all.indexOf(String(start)), all.indexOf(String(end ?? start))];
    if (step === 1 && from >= 0 && to >= from) return all.slice(from, to + 1);
  }
  return null;
}
