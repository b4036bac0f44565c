import { Button, Checkbox, Group, MultiSelect, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { useSaveQueue, type Queue, type QueueConfiguration, type QueueDefinition } from "../../api/queues.ts";
import { DefinitionEditor, Part } from "../../ui/definition/DefinitionEditor.tsx";
import { definitionErrorsOf, errorAt, type FieldErrors } from "../../ui/definition/definition-errors.ts";
import { LimitField } from "../../ui/definition/LimitFields.tsx";
import { LoginFields } from "../../ui/definition/LoginFields.tsx";
import { useApis } from "../../ui/definition/PayloadFields.tsx";
import { SinkFields } from "../../ui/definition/SinkFields.tsx";
import { withPart } from "../../ui/definition/with-part.ts";
import { durationText } from "../../ui/duration.ts";
import { DAYS } from "../jobs/schedule/words.ts";

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
type Change = (part: { readonly [K in keyof QueueConfiguration]?: QueueConfiguration[K] | undefined }) => void;

/** What of a queue is written back: reading one tells more than that. */
export function queueDefinitionOf({ name, configuration, authSession, sink, proxy, metadata }: Queue): QueueDefinition {
  return { ...(name !== undefined && { name }), configuration, ...(authSession !== undefined && { authSession }), ...(sink !== undefined && { sink }), ...(proxy !== undefined && { proxy }), ...(metadata !== undefined && { metadata }) };
}

/** Makes a queue, or changes one. */
export function QueueForm({ project, queue }: { readonly project: string; /** Null: a new one. */ readonly queue: Queue | null }): ReactElement {
  const [id, setId] = useState(queue?.id ?? "");
  const [value, setValue] = useState<QueueDefinition>(() => (queue === null ? { configuration: {} } : queueDefinitionOf(queue)));
  const [isInvalid, setInvalid] = useState(false);
  const save = useSaveQueue(project);
  const navigate = useNavigate();
  const errors = definitionErrorsOf(save.error, "authSession");
  const open = (): void => void navigate({ to: "/projects/$project/queues/$queueId", params: { project, queueId: id }, search: {} });
  return (
    <DefinitionEditor
      noun="queue"
      id={id}
      onId={setId}
      value={value}
      onChange={setValue}
      errors={errors}
      error={save.error}
      isInvalid={isInvalid}
      onInvalid={setInvalid}
      isBusy={save.isPending}
      isNew={queue === null}
      onSave={() => save.mutate({ id, definition: value, isNew: queue === null }, { onSuccess: open })}
      onCancel={() => (queue === null ? void navigate({ to: "/projects/$project/queues", params: { project }, search: {} }) : open())}
      form={<QueueFields project={project} value={value} onChange={setValue} errors={errors} />}
    />
  );
}

function QueueFields({ project, value, onChange, errors }: { readonly project: string; readonly value: QueueDefinition; readonly onChange: (value: QueueDefinition) => void; readonly errors: FieldErrors }): ReactElement {
  const apis = useApis(project);
  const configuration = value.configuration ?? {};
  const configure: Change = (part) => onChange({ ...value, configuration: withPart(configuration, part) });
  const isOrdered = configuration.ordered !== false;
  return (
    <>
      <Part title="Order and limits">
        <Switch label="One after the other" description="A failing item is tried again in its place before the next one begins." checked={isOrdered} onChange={({ currentTarget }) => configure(currentTarget.checked ? { ordered: undefined, maxConcurrentRequests: undefined } : { ordered: false })} />
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          {!isOrdered && <LimitField label="Items at the same time" value={configuration.maxConcurrentRequests} fallback={1} max={1_000} error={errorAt(errors, "configuration.maxConcurrentRequests")} onChange={(maxConcurrentRequests) => configure({ maxConcurrentRequests })} />}
          <LimitField label="Time for an attempt" suffix=" s" value={configuration.requestTimeout} fallback={600} max={86_400} error={errorAt(errors, "configuration.requestTimeout")} onChange={(requestTimeout) => configure({ requestTimeout })} />
          <LimitField label="Attempts" value={configuration.retry?.maximumAttempts} fallback={3} max={100} error={errorAt(errors, "configuration.retry")} onChange={(attempts) => configure({ retry: attempts === undefined ? undefined : { maximumAttempts: attempts } })} />
        </SimpleGrid>
        <Checkbox label="Record traces" description="Screenshots, network and console of each attempt" checked={configuration.saveTrace !== false} onChange={({ currentTarget }) => configure({ saveTrace: currentTarget.checked ? undefined : false })} />
      </Part>
      <Part title="Pace">
        <RateLimits value={configuration.rateLimits ?? []} onChange={(rateLimits) => configure({ rateLimits: rateLimits.length === 0 ? undefined : rateLimits })} />
        <RandomWait value={configuration.randomWait} onChange={(randomWait) => configure({ randomWait })} />
      </Part>
      <Part title="Hours">
        <ActivePeriods value={configuration.activePeriods ?? []} onChange={(activePeriods) => configure({ activePeriods: activePeriods.length === 0 ? undefined : activePeriods })} />
        {errorAt(errors, "schedule") !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)">
            {errorAt(errors, "schedule")}
          </Text>
        )}
      </Part>
      <Part title="Login">
        <LoginFields project={project} place="authSession" value={value.authSession ?? null} onChange={(authSession) => onChange(withPart(value, { authSession: authSession ?? undefined }))} errors={errors} />
        <TextInput label="Upstream proxy" description="For items without a login; a login brings its own" placeholder="http://user:password@host:port" value={value.proxy ?? ""} onChange={({ currentTarget }) => onChange(withPart(value, { proxy: currentTarget.value === "" ? undefined : currentTarget.value }))} error={errorAt(errors, "proxy")} autoComplete="off" spellCheck={false} />
      </Part>
      <Part title="Sink">
        <SinkFields apis={apis.map(({ name }) => name)} value={value.sink ?? null} onChange={(sink) => onChange(withPart(value, { sink: sink ?? undefined }))} errors={errors} />
      </Part>
    </>
  );
}

type Limits = NonNullable<QueueConfiguration["rateLimits"]>;

function RateLimits({ value, onChange }: { readonly value: Limits; readonly onChange: (value: Limits) => void }): ReactElement {
  return (
    <Stack gap="xs" role="group" aria-label="Rate limits">
      {value.length === 0 && (
        <Text size="sm" c="dimmed">
          No rate limit. With several, all hold together.
        </Text>
      )}
      {value.map(({ limit, duration }, index) => (
        <Group key={index} gap="xs" align="flex-end" wrap="nowrap">
          <TextInput label={`Items (rate limit ${index + 1})`} inputMode="numeric" value={String(limit)} onChange={({ currentTarget }) => onChange(value.with(index, { limit: Number(currentTarget.value.replace(/\D/g, "")), duration }))} w={170} />
          <TextInput label={`In (rate limit ${index + 1})`} placeholder="1m" value={durationText(duration)} onChange={({ currentTarget }) => onChange(value.with(index, { limit, duration: currentTarget.value }))} w={170} />
          <RemoveButton label={`Remove rate limit ${index + 1}`} onClick={() => onChange(value.toSpliced(index, 1))} />
        </Group>
      ))}
      <AddButton label="Add a rate limit" onClick={() => onChange([...value, { limit: 10, duration: "1m" }])} />
    </Stack>
  );
}

function RandomWait({ value, onChange }: { readonly value: QueueConfiguration["randomWait"]; readonly onChange: (value: QueueConfiguration["randomWait"]) => void }): ReactElement {
  return (
    <Stack gap="xs">
      <Switch label="Wait at random between two items" checked={value !== undefined} onChange={({ currentTarget }) => onChange(currentTarget.checked ? { min: "2s", max: "10s" } : undefined)} />
      {value !== undefined && (
        <Group gap="xs">
          <TextInput label="At least" value={durationText(value.min)} onChange={({ currentTarget }) => onChange({ ...value, min: currentTarget.value })} w={140} />
          <TextInput label="At most" value={durationText(value.max)} onChange={({ currentTarget }) => onChange({ ...value, max: currentTarget.value })} w={140} />
        </Group>
      )}
    </Stack>
  );
}

type Periods = NonNullable<QueueConfiguration["activePeriods"]>;

function ActivePeriods({ value, onChange }: { readonly value: Periods; readonly onChange: (value: Periods) => void }): ReactElement {
  return (
    <Stack gap="sm" role="group" aria-label="Active periods">
      {value.length === 0 && (
        <Text size="sm" c="dimmed">
          Open at all times. With active periods, items begin within them only.
        </Text>
      )}
      {value.map((period, index) => (
        <Group key={index} gap="xs" align="flex-end">
          <MultiSelect label={`Days of period ${index + 1}`} placeholder={(period.days ?? []).length === 0 ? "Every day" : ""} data={DAYS.map((day) => ({ value: day, label: day.charAt(0) + day.slice(1).toLowerCase() }))} value={[...(period.days ?? [])]} onChange={(days) => onChange(value.with(index, withPart(period, { days: days.length === 0 ? undefined : days })))} style={{ flex: "1 1 14rem" }} />
          <TextInput type="time" label={`From (period ${index + 1})`} value={period.from} onChange={({ currentTarget }) => onChange(value.with(index, { ...period, from: currentTarget.value }))} w={140} />
          <TextInput type="time" label={`To (period ${index + 1})`} value={period.to} onChange={({ currentTarget }) => onChange(value.with(index, { ...period, to: currentTarget.value }))} w={140} />
          <TextInput label={`Time zone (period ${index + 1})`} placeholder="UTC" value={period.timeZone ?? ""} onChange={({ currentTarget }) => onChange(value.with(index, withPart(period, { timeZone: currentTarget.value === "" ? undefined : currentTarget.value })))} w={180} autoComplete="off" />
          <RemoveButton label={`Remove period ${index + 1}`} onClick={() => onChange(value.toSpliced(index, 1))} />
        </Group>
      ))}
      <AddButton label="Add an active period" onClick={() => onChange([...value, { days: DAYS.slice(0, 5), from: "08:00", to: "18:00", timeZone: HERE }])} />
    </Stack>
  );
}

function AddButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }): ReactElement {
  return (
    <div>
      <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={onClick}>
        {label}
      </Button>
    </div>
  );
}

function RemoveButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }): ReactElement {
  return (
    <Button variant="default" px="xs" aria-label={label} onClick={onClick}>
      <IconTrash size={16} aria-hidden />
    </Button>
  );
}
