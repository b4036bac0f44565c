import { Button, Group, Select, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconClock, IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import type { Calendar, Schedule } from "../../../api/jobs.ts";
import { errorAt, type FieldErrors } from "../../../ui/definition/definition-errors.ts";
import { withPart } from "../../../ui/definition/with-part.ts";
import { durationMs, durationText } from "../../../ui/duration.ts";
import { CalendarFields } from "./CalendarFields.tsx";
import { scheduleWords } from "./words.ts";

const ZONES: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const DEFAULT: Schedule = { calendars: [{ hour: 6, minute: 0 }], timeZone: HERE };

/** When a job is triggered by itself: a mix of intervals, times of the clock and cron patterns. */
export function ScheduleFields({ value, onChange, errors }: { readonly value: Schedule | null; readonly onChange: (value: Schedule | null) => void; readonly errors: FieldErrors }): ReactElement {
  const error = errorAt(errors, "schedule");
  return (
    <Stack gap="md">
      <Switch label="Trigger it by a schedule" checked={value !== null} onChange={({ currentTarget }) => onChange(currentTarget.checked ? DEFAULT : null)} />
      {value !== null && <Specs value={value} onChange={onChange} />}
      <Group gap={8} wrap="nowrap" align="flex-start" role="status" aria-label="Schedule in words">
        <IconClock size={18} aria-hidden style={{ flex: "none", marginTop: 2 }} />
        <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {scheduleWords(value)}
        </Text>
      </Group>
      {error !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
    </Stack>
  );
}

function Specs({ value, onChange }: { readonly value: Schedule; readonly onChange: (value: Schedule) => void }): ReactElement {
  const { intervals = [], calendars = [], cron = [], timeZone = "UTC" } = value;
  const set = (part: { readonly [K in keyof Schedule]?: Schedule[K] | undefined }): void => onChange(withPart(value, part));
  const setIntervals = (next: NonNullable<Schedule["intervals"]>): void => set({ intervals: orNone(next) });
  const setCalendars = (next: readonly Calendar[]): void => set({ calendars: orNone(next) });
  const setCron = (next: readonly string[]): void => set({ cron: orNone(next) });
  return (
    <>
      {intervals.map(({ every }, index) => (
        <Row key={`interval ${index}`} label={`Remove interval ${index + 1}`} onRemove={() => setIntervals(intervals.toSpliced(index, 1))}>
          <TextInput label={`Interval ${index + 1}`} description="Such as 30s, 15m, 2h or 1d; aligned to the full hour and day of UTC" value={durationText(every)} onChange={({ currentTarget }) => setIntervals(intervals.with(index, { every: currentTarget.value }))} error={durationMs(every) === null ? "A number with s, m, h or d" : undefined} maw={320} autoComplete="off" />
        </Row>
      ))}
      {calendars.map((calendar, index) => (
        <Row key={`calendar ${index}`} label={`Remove time ${index + 1}`} onRemove={() => setCalendars(calendars.toSpliced(index, 1))}>
          <CalendarFields number={index + 1} value={calendar} onChange={(next) => setCalendars(calendars.with(index, next))} />
        </Row>
      ))}
      {cron.map((pattern, index) => (
        <Row key={`cron ${index}`} label={`Remove cron pattern ${index + 1}`} onRemove={() => setCron(cron.toSpliced(index, 1))}>
          <TextInput label={`Cron pattern ${index + 1}`} description="Minute, hour, day, month, day of the week" value={pattern} onChange={({ currentTarget }) => setCron(cron.with(index, currentTarget.value))} maw={320} autoComplete="off" spellCheck={false} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }} />
        </Row>
      ))}
      <Group gap="xs">
        <AddButton label="Add a time" onClick={() => setCalendars([...calendars, { hour: 6, minute: 0 }])} />
        <AddButton label="Add an interval" onClick={() => setIntervals([...intervals, { every: "1h" }])} />
        <AddButton label="Add a cron pattern" onClick={() => setCron([...cron, "0 6 * * *"])} />
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <Select label="Time zone" description="Of times and cron patterns" data={[...new Set([...ZONES, timeZone, HERE])]} value={timeZone} onChange={(zone) => set({ timeZone: zone ?? undefined })} searchable allowDeselect={false} nothingFoundMessage="No such time zone" limit={80} />
        <TextInput label="Jitter" description="Each firing is late by a part" placeholder="None" value={durationText(value.jitter)} onChange={({ currentTarget }) => set({ jitter: currentTarget.value === "" ? undefined : currentTarget.value })} autoComplete="off" />
        <TextInput label="Catch-up window" description="How late one is still made" placeholder="24h" value={durationText(value.catchUpWindow)} onChange={({ currentTarget }) => set({ catchUpWindow: currentTarget.value === "" ? undefined : currentTarget.value })} autoComplete="off" />
      </SimpleGrid>
    </>
  );
}

function Row({ label, onRemove, children }: { readonly label: string; readonly onRemove: () => void; readonly children: ReactNode }): ReactElement {
  return (
    <Group wrap="nowrap" align="flex-start" justify="space-between" gap="xs">
      <div style={{ flex: 1, minWidth: 0 }}>{children}</div>
      <Button variant="default" px="xs" aria-label={label} onClick={onRemove}>
        <IconTrash size={16} aria-hidden />
      </Button>
    </Group>
  );
}

function AddButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }): ReactElement {
  return (
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={onClick}>
      {label}
    </Button>
  );
}

function orNone<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
