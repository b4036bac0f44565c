import { Button, Checkbox, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { useCreateAuthSession, useUpdateAuthSession } from "../../api/auth-sessions.ts";
import { liveDeploymentQuery } from "../../api/projects.ts";
import type { JsonSchema, LiveDeployment } from "../../api/types.ts";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { JsonSchemaForm, type Parameters } from "../../ui/JsonSchemaForm.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { fieldErrorsOf } from "../../ui/schema/field-errors.ts";
import { initialObject, resolve } from "../../ui/schema/resolve.ts";
import { loginTarget } from "./words.ts";

interface FormProps {
  readonly project: string;
  readonly onClose: () => void;
  readonly onStarted: (operationId: string, id: string) => void;
}

/** Makes an auth session: an id, what logs in, and the way out. */
export function CreateForm(props: FormProps): ReactElement {
  const { data, error, refetch } = useQuery(liveDeploymentQuery(props.project));
  if (error !== null) return <ErrorBox error={error} onRetry={() => void refetch()} />;
  return data === undefined ? <RowsLoading rows={3} /> : <CreateFields {...props} deployment={data} />;
}

function CreateFields({ project, onClose, onStarted, deployment }: FormProps & { readonly deployment: LiveDeployment }): ReactElement {
  const schema = loginTarget(deployment)?.parameterSchema ?? null;
  const [id, setId] = useState("");
  const [parameters, setParameters] = useState<Parameters>(() => initialOf(schema));
  const [proxy, setProxy] = useState("");
  const [isInvalid, setInvalid] = useState(false);
  const create = useCreateAuthSession(project);
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isInvalid) create.mutate({ id: id.trim(), parameters, ...(proxy.trim() !== "" && { proxy: proxy.trim() }) }, { onSuccess: ({ operationId }) => onStarted(operationId, id.trim()) });
      }}
    >
      <Stack gap="md">
        <TextInput label="Id" description="What runs name it by, such as the user's name. It stays the same for as long as you need the login." value={id} onChange={({ currentTarget }) => setId(currentTarget.value)} autoFocus required autoComplete="off" spellCheck={false} />
        <JsonSchemaForm schema={schema} value={parameters} onChange={setParameters} onInvalid={setInvalid} errors={fieldErrorsOf(create.error)} />
        <ProxyField value={proxy} onChange={setProxy} />
        <FormEnd error={create.error} isBusy={create.isPending} isDisabled={id.trim() === "" || isInvalid} label="Log in" onClose={onClose} />
      </Stack>
    </form>
  );
}

/** Logs in with other parameters, or once more with those that are kept. */
export function UpdateForm({ id, ...props }: FormProps & { readonly id: string }): ReactElement {
  const { data, error, refetch } = useQuery(liveDeploymentQuery(props.project));
  if (error !== null) return <ErrorBox error={error} onRetry={() => void refetch()} />;
  return data === undefined ? <RowsLoading rows={3} /> : <UpdateFields {...props} id={id} deployment={data} />;
}

function UpdateFields({ project, id, onClose, onStarted, deployment }: FormProps & { readonly id: string; readonly deployment: LiveDeployment }): ReactElement {
  const schema = loginTarget(deployment)?.parameterSchema ?? null;
  const [isKept, setKept] = useState(false);
  const [parameters, setParameters] = useState<Parameters>(() => initialOf(schema));
  const [isInvalid, setInvalid] = useState(false);
  const update = useUpdateAuthSession(project, id);
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (isKept || !isInvalid) update.mutate(isKept ? {} : { parameters }, { onSuccess: ({ operationId }) => onStarted(operationId, id) });
      }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          Logs in anew. The old login stays in use until the new one holds. What is kept is never shown, so new parameters are given whole.
        </Text>
        <Checkbox label="Log in with the parameters that are kept" checked={isKept} onChange={({ currentTarget }) => setKept(currentTarget.checked)} />
        {!isKept && <JsonSchemaForm schema={schema} value={parameters} onChange={setParameters} onInvalid={setInvalid} errors={fieldErrorsOf(update.error)} />}
        <FormEnd error={update.error} isBusy={update.isPending} isDisabled={!isKept && isInvalid} label="Log in" onClose={onClose} />
      </Stack>
    </form>
  );
}

/** The address of a proxy: it holds a password, so it is typed like one. */
export function ProxyField({ value, onChange, label = "Proxy" }: { readonly value: string; readonly onChange: (value: string) => void; readonly label?: string }): ReactElement {
  return <PasswordInput label={label} description="Where traffic leaves through: http, https or socks5. Empty: directly." placeholder="http://user:password@host:port" value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)} autoComplete="off" spellCheck={false} data-1p-ignore data-lpignore="true" visibilityToggleButtonProps={{ "aria-label": "Show the proxy", tabIndex: 0 }} />;
}

/** The end of a form: what went wrong, and its buttons. */
export function FormEnd({ error, isBusy, isDisabled = false, label, onClose }: { readonly error: unknown; readonly isBusy: boolean; readonly isDisabled?: boolean; readonly label: string; readonly onClose: () => void }): ReactElement {
  return (
    <>
      {error !== null && <ErrorBox error={error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button type="submit" loading={isBusy} disabled={isDisabled}>
          {label}
        </Button>
      </Group>
    </>
  );
}

function initialOf(schema: JsonSchema | null): Parameters {
  return schema === null ? {} : initialObject(resolve(schema, schema), schema);
}
