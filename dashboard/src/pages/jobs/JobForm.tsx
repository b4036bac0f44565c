import { Button, Checkbox, Group, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { useSaveJob, type Job, type JobDefinition, type Payload } from "../../api/jobs.ts";
import { DefinitionEditor, Part } from "../../ui/definition/DefinitionEditor.tsx";
import { definitionErrorsOf, errorAt, errorsBelow, type FieldErrors } from "../../ui/definition/definition-errors.ts";
import { LimitField } from "../../ui/definition/LimitFields.tsx";
import { LoginFields } from "../../ui/definition/LoginFields.tsx";
import { PayloadFields, useApis } from "../../ui/definition/PayloadFields.tsx";
import { SinkFields } from "../../ui/definition/SinkFields.tsx";
import { withPart } from "../../ui/definition/with-part.ts";
import { ScheduleFields } from "./schedule/ScheduleFields.tsx";

/** Jobs may have thousands of payloads; so many are edited by the form, all of them as JSON. */
const SHOWN_PAYLOADS = 20;
const EMPTY: JobDefinition = { payload: [{ apiName: "", parameters: {} }], configuration: {} };

/** What of a job is written back: a list shows more than that. */
export function definitionOf({ payload, configuration, schedule = null, auth_session = null, sink = null, proxy }: Job): JobDefinition {
  return { payload, configuration, schedule, auth_session, sink, ...(proxy !== undefined && { proxy }) };
}

/** Makes a job, or changes one. */
export function JobForm({ project, job, api = "" }: { readonly project: string; /** Null: a new one. */ readonly job: Job | null; /** For a new one that was begun at an API. */ readonly api?: string }): ReactElement {
  const [id, setId] = useState(job?.id ?? "");
  const [value, setValue] = useState<JobDefinition>(() => (job === null ? { ...EMPTY, payload: [{ apiName: api, parameters: {} }] } : definitionOf(job)));
  const [isInvalid, setInvalid] = useState(false);
  const save = useSaveJob(project);
  const navigate = useNavigate();
  const errors = definitionErrorsOf(save.error, "auth_session");
  const open = (): void => void navigate({ to: "/projects/$project/jobs/$jobId", params: { project, jobId: id }, search: {} });
  return (
    <DefinitionEditor
      noun="job"
      id={id}
      onId={setId}
      value={value}
      onChange={setValue}
      errors={errors}
      error={save.error}
      isInvalid={isInvalid}
      onInvalid={setInvalid}
      isBusy={save.isPending}
      isNew={job === null}
      onSave={() => save.mutate({ id, definition: value, isNew: job === null }, { onSuccess: open })}
      onCancel={() => (job === null ? void navigate({ to: "/projects/$project/jobs", params: { project }, search: {} }) : open())}
      form={<JobFields project={project} value={value} onChange={setValue} onInvalid={setInvalid} errors={errors} />}
    />
  );
}

function JobFields({ project, value, onChange, onInvalid, errors }: { readonly project: string; readonly value: JobDefinition; readonly onChange: (value: JobDefinition) => void; readonly onInvalid: (isInvalid: boolean) => void; readonly errors: FieldErrors }): ReactElement {
  const apis = useApis(project);
  // What was edited as JSON may lack anything.
  const { configuration = {}, schedule = null, auth_session: session = null, sink = null, proxy } = value as Partial<JobDefinition>;
  const configure = (part: { readonly [K in keyof JobDefinition["configuration"]]?: JobDefinition["configuration"][K] | undefined }): void => onChange({ ...value, configuration: withPart(configuration, part) });
  return (
    <>
      <Payloads project={project} value={Array.isArray(value.payload) ? value.payload : []} onChange={(payload) => onChange({ ...value, payload })} onInvalid={onInvalid} errors={errorsBelow(errors, "payload")} problem={errors["payload"]} />
      <Part title="Schedule">
        <ScheduleFields value={schedule} onChange={(next) => onChange({ ...value, schedule: next })} errors={errors} />
      </Part>
      <Part title="Login">
        <LoginFields project={project} place="auth_session" value={session} onChange={(next) => onChange({ ...value, auth_session: next })} errors={errors} />
        <TextInput label="Upstream proxy" description="For runs without a login; a login brings its own" placeholder="http://user:password@host:port" value={proxy ?? ""} onChange={({ currentTarget }) => onChange(withPart(value, { proxy: currentTarget.value === "" ? undefined : currentTarget.value }))} error={errorAt(errors, "proxy")} autoComplete="off" spellCheck={false} />
      </Part>
      <Part title="Limits">
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <LimitField label="Runs at the same time" value={configuration.maxConcurrentRequests} fallback={10} max={1_000} error={errorAt(errors, "configuration.maxConcurrentRequests")} onChange={(maxConcurrentRequests) => configure({ maxConcurrentRequests })} />
          <LimitField label="Time for an attempt" suffix=" s" value={configuration.requestTimeout} fallback={600} max={86_400} error={errorAt(errors, "configuration.requestTimeout")} onChange={(requestTimeout) => configure({ requestTimeout })} />
          <LimitField label="Attempts" value={configuration.retry?.maximumAttempts} fallback={3} max={100} error={errorAt(errors, "configuration.retry")} onChange={(attempts) => configure({ retry: attempts === undefined ? undefined : { maximumAttempts: attempts } })} />
        </SimpleGrid>
        <Checkbox label="Record traces" description="Screenshots, network and console of each attempt" checked={configuration.saveTrace !== false} onChange={({ currentTarget }) => configure({ saveTrace: currentTarget.checked ? undefined : false })} />
      </Part>
      <Part title="Sink">
        <SinkFields apis={apis.map(({ name }) => name)} value={sink} onChange={(next) => onChange({ ...value, sink: next })} errors={errors} />
      </Part>
    </>
  );
}

function Payloads({ project, value, onChange, onInvalid, errors, problem }: { readonly project: string; readonly value: readonly Payload[]; readonly onChange: (value: readonly Payload[]) => void; readonly onInvalid: (isInvalid: boolean) => void; readonly errors: FieldErrors; readonly problem: string | undefined }): ReactElement {
  return (
    <Part title="Payloads">
      <Text size="sm" c="dimmed" mt={-8}>
        Each one becomes a run whenever the job fires or is triggered.
      </Text>
      {problem !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)">
          {problem}
        </Text>
      )}
      {value.slice(0, SHOWN_PAYLOADS).map((payload, index) => (
        <Stack key={index} gap="xs" p="md" role="group" aria-label={`Payload ${index + 1}`} style={{ border: "1px solid var(--lk-border)", borderRadius: "var(--mantine-radius-md)" }}>
          <Group justify="space-between">
            <Title order={3}>Payload {index + 1}</Title>
            {value.length > 1 && (
              <Button size="compact-sm" variant="default" px="xs" aria-label={`Remove payload ${index + 1}`} onClick={() => onChange(value.toSpliced(index, 1))}>
                <IconTrash size={14} aria-hidden />
              </Button>
            )}
          </Group>
          <PayloadFields project={project} value={payload} onChange={(next) => onChange(value.with(index, next))} onInvalid={onInvalid} errors={errorsBelow(errors, String(index))} label={`Parameters of payload ${index + 1}`} />
        </Stack>
      ))}
      {value.length > SHOWN_PAYLOADS && (
        <Text size="sm" c="dimmed">
          And {value.length - SHOWN_PAYLOADS} more: edit them as JSON.
        </Text>
      )}
      <div>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange([...value, { apiName: value.at(-1)?.apiName ?? "", parameters: value.at(-1)?.parameters ?? {} }])}>
          Add a payload
        </Button>
      </div>
    </Part>
  );
}
