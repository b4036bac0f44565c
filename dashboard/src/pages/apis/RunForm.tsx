import { Button, Checkbox, Collapse, Grid, Group, NumberInput, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState, type ReactElement } from "react";
import { authSessionsQuery } from "../../api/attention.ts";
import { useStartRun, type RunStart } from "../../api/runs.ts";
import type { DeploymentTarget, LiveDeployment, RunDetails } from "../../api/types.ts";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { JsonSchemaForm, type Parameters } from "../../ui/JsonSchemaForm.tsx";
import { fieldErrorsOf } from "../../ui/schema/field-errors.ts";
import { initialObject, resolve } from "../../ui/schema/resolve.ts";
import { SnippetTabs } from "./SnippetTabs.tsx";

interface Options {
  readonly authSessionId: string | null;
  readonly autoRecreate: boolean;
  readonly proxy: string;
  readonly timeoutSeconds: number | null;
  readonly attempts: number | null;
  readonly trace: boolean;
}

/** Parameters, how to run, and the same run as text to copy. */
export function RunForm({ project, target, deployment, before }: { readonly project: string; readonly target: DeploymentTarget; readonly deployment: LiveDeployment; /** A run whose parameters are taken over. */ readonly before: RunDetails | null }): ReactElement {
  const { parameterSchema: schema } = target;
  const samples = Object.entries(deployment.samples[target.name] ?? {});
  const [parameters, setParameters] = useState<Parameters>(() => before?.parameters ?? samples[0]?.[1] ?? (schema === null ? {} : initialObject(resolve(schema, schema), schema)));
  const [options, setOptions] = useState<Options>({ authSessionId: before?.authSessionId ?? null, autoRecreate: true, proxy: "", timeoutSeconds: null, attempts: null, trace: true });
  const [isInvalid, setInvalid] = useState(false);
  const { data: sessions } = useQuery(authSessionsQuery(project));
  const start = useStartRun(project);
  const navigate = useNavigate();
  // One for each thing that is asked for: pressing twice, or again after a broken connection, is one run.
  const key = useRef({ text: "", key: "" });
  const run = toStart(target.name, parameters, options);
  const errors = fieldErrorsOf(start.error);
  const change = (part: Partial<Options>): void => setOptions((now) => ({ ...now, ...part }));
  const submit = (): void => {
    const text = JSON.stringify(run);
    if (key.current.text !== text || start.isError) key.current = { text, key: crypto.randomUUID() };
    start.mutate({ start: run, idempotencyKey: key.current.key }, { onSuccess: ({ runId }) => void navigate({ to: "/projects/$project/runs/$runId", params: { project, runId }, search: {} }) });
  };
  return (
    <form
      aria-label={`Run ${target.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isInvalid) submit();
      }}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack className="lk-card" p="lg" gap="md">
            <Group justify="space-between">
              <Title order={2}>Parameters</Title>
              {samples.length > 0 && <Select aria-label="Sample" placeholder="Sample" size="xs" w={160} data={samples.map(([name]) => name)} onChange={(name) => (name === null ? undefined : setParameters(deployment.samples[target.name]?.[name] ?? {}))} />}
            </Group>
            <JsonSchemaForm schema={schema} value={parameters} onChange={setParameters} onInvalid={setInvalid} errors={errors} />
            {start.error !== null && <ErrorBox error={start.error} title="The run was not started" />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg">
            <Stack className="lk-card" p="lg" gap="md">
              {deployment.authSessions.enabled && (
                <Select label="Auth session" description="Act as a login, or as nobody." placeholder="None" clearable data={(sessions ?? []).map(({ id, status }) => ({ value: id, label: status === "READY" ? id : `${id} (${status.toLowerCase()})` }))} value={options.authSessionId} onChange={(authSessionId) => change({ authSessionId })} nothingFoundMessage="No auth session" />
              )}
              <MoreOptions options={options} onChange={change} />
              <Button type="submit" loading={start.isPending} disabled={isInvalid} leftSection={<IconPlayerPlay size={16} aria-hidden />} title="Ctrl+Enter">
                Run now
              </Button>
              {isInvalid && (
                <Text size="sm" c="var(--mantine-color-error)">
                  Mend the JSON of the parameters first.
                </Text>
              )}
            </Stack>
            <SnippetTabs project={project} start={run} />
          </Stack>
        </Grid.Col>
      </Grid>
    </form>
  );
}

function MoreOptions({ options, onChange }: { readonly options: Options; readonly onChange: (part: Partial<Options>) => void }): ReactElement {
  const [isOpen, more] = useDisclosure(false);
  return (
    <div>
      <Button variant="subtle" color="gray" size="compact-sm" px={0} styles={{ root: { background: "none" }, label: { color: "var(--mantine-color-text)" } }} onClick={more.toggle} aria-expanded={isOpen} rightSection={<IconChevronDown size={14} aria-hidden style={{ transform: isOpen ? "rotate(180deg)" : undefined }} />}>
        More options
      </Button>
      <Collapse expanded={isOpen}>
        <Stack gap="sm" pt="sm">
          <Checkbox label="Log in again when the check fails" checked={options.autoRecreate} onChange={({ currentTarget }) => onChange({ autoRecreate: currentTarget.checked })} disabled={options.authSessionId === null} />
          <Checkbox label="Record a trace" description="Screenshots, network and console" checked={options.trace} onChange={({ currentTarget }) => onChange({ trace: currentTarget.checked })} />
          <Group grow gap="sm" align="flex-start">
            <NumberInput label="Time for an attempt" suffix=" s" placeholder="600 s" min={1} max={86_400} allowDecimal={false} value={options.timeoutSeconds ?? ""} onChange={(value) => onChange({ timeoutSeconds: typeof value === "number" ? value : null })} />
            <NumberInput label="Attempts" placeholder="3" min={1} max={100} allowDecimal={false} value={options.attempts ?? ""} onChange={(value) => onChange({ attempts: typeof value === "number" ? value : null })} />
          </Group>
          <TextInput label="Upstream proxy" placeholder="http://user:password@host:port" value={options.proxy} onChange={({ currentTarget }) => onChange({ proxy: currentTarget.value })} autoComplete="off" spellCheck={false} />
        </Stack>
      </Collapse>
    </div>
  );
}

/** What the request says: only what differs from the server's defaults. */
function toStart(api: string, parameters: Parameters, { authSessionId, autoRecreate, proxy, timeoutSeconds, attempts, trace }: Options): RunStart {
  return {
    api,
    parameters,
    ...(authSessionId !== null && { authSession: { id: authSessionId, ...(!autoRecreate && { autoRecreate }) } }),
    ...(proxy.trim() !== "" && { proxy: proxy.trim() }),
    ...(timeoutSeconds !== null && { requestTimeout: timeoutSeconds }),
    ...(attempts !== null && { retry: { maximumAttempts: attempts } }),
    ...(!trace && { saveTrace: false }),
  };
}
