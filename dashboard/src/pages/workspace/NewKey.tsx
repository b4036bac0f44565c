import { Alert, Button, Group, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { projectsQuery } from "../../api/projects.ts";
import type { Scope } from "../../api/types.ts";
import { SCOPES } from "../../api/types.ts";
import { useCreateKey } from "../../api/workspace.ts";
import { CodeBlock } from "../../ui/CodeBlock.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";

/** What each scope may do, in the words of the documentation. */
const MAY: Readonly<Record<Scope, string>> = {
  run: "Start, read and cancel runs, answer questions, trigger jobs, append to queues",
  manage: "Also create, change and delete auth sessions, jobs and queues",
  deploy: "Also deploy, activate, set environment variables, make projects",
  admin: "Also keys, the audit log and the export of logins",
};

const DAY_MS = 86_400_000;
const EXPIRIES = [
  { value: "", label: "Never" },
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

/** Makes a key, and shows it this once. */
export function NewKey({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { data: projects = [] } = useQuery(projectsQuery);
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("run");
  const [project, setProject] = useState<string | null>(null);
  const [days, setDays] = useState("");
  const create = useCreateKey();
  if (create.data !== undefined) return <ShownOnce value={create.data.key} name={create.data.name} onClose={onClose} />;
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ name: name.trim(), scope, ...(project !== null && { project }), ...(days !== "" && { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }) });
      }}
    >
      <Stack gap="md">
        <TextInput label="Name" description="What the audit log calls whoever uses it, such as billing-service." value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} data-autofocus required maxLength={128} autoComplete="off" spellCheck={false} />
        <Radio.Group label="Scope" value={scope} onChange={(next) => setScope(SCOPES.find((one) => one === next) ?? "run")}>
          <Stack gap="xs" mt={6}>
            {SCOPES.map((one) => (
              <Radio key={one} value={one} label={one} description={MAY[one]} />
            ))}
          </Stack>
        </Radio.Group>
        <Group gap="md" grow align="flex-start">
          <Select label="Project" placeholder="All projects" clearable data={projects.map((one) => one.name)} value={project} onChange={setProject} searchable={projects.length > 8} />
          <Select label="Expires" data={EXPIRIES} value={days} onChange={(next) => setDays(next ?? "")} allowDeselect={false} />
        </Group>
        {create.error !== null && <ErrorBox error={create.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
            Make key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ShownOnce({ value, name, onClose }: { readonly value: string; readonly name: string; readonly onClose: () => void }): ReactElement {
  return (
    <Stack gap="md">
      <Alert color="yellow" variant="outline" icon={<IconKey aria-hidden />} title={`The key "${name}" is made`} role="status" styles={{ root: { background: "var(--lk-surface)" }, title: { color: "var(--mantine-color-text)" } }}>
        <Text size="sm">Copy it now: it is not kept in a readable form, and nobody can show it again.</Text>
      </Alert>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput label="API key" value={value} readOnly data-autofocus style={{ flex: 1, minWidth: 0 }} onFocus={({ currentTarget }) => currentTarget.select()} autoComplete="off" styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }} />
        <CopyButton value={value} label="Copy the key" withText />
      </Group>
      <CodeBlock label="Example" code={`curl ${location.origin}/api/v1/workspace/default/projects -H "x-api-key: $LATCHKEY_API_KEY"`} />
      <Group justify="flex-end">
        <Button onClick={onClose}>I have copied it</Button>
      </Group>
    </Stack>
  );
}
