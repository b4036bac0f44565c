import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash, IconVariable } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { environmentQuery, useDeleteVariable, useSetVariable, type EnvironmentVariable } from "../../api/deployments.ts";
import { useMay } from "../../api/session.ts";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { RelativeTime } from "../../ui/Time.tsx";

const COLUMNS: readonly Column<EnvironmentVariable>[] = [
  { title: "Name", isMain: true, cell: ({ name }) => <span className="lk-mono">{name}</span> },
  { title: "Value", cell: () => <Text component="span" size="sm" c="dimmed" aria-label="Hidden">••••••</Text> },
  { title: "Set", cell: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
];

/** Environment variables of the project's code. Their values go in, and never come out. */
export function EnvironmentPage(): ReactElement {
  const { project } = useParams({ from: "/inside/projects/$project/environment" });
  const { data, error, refetch } = useQuery(environmentQuery(project));
  const maySet = useMay("deploy");
  // Null: closed. Empty: a new variable. Else the one that gets another value.
  const [edited, setEdited] = useState<string | null>(null);
  const remove = useDeleteVariable(project);
  const add = maySet && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited("")}>
      Set a variable
    </Button>
  );
  return (
    <>
      <PageTitle title="Environment" document={`Environment of ${project}`} description="Variables that the project's code reads from process.env. Runs see them which begin from then on; values are never shown again." actions={data !== undefined && data.length > 0 && add} />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsLoading />}
      {data?.length === 0 && (
        <EmptyState icon={IconVariable} title="No variable yet" command={`npx latchkey env set NAME @file --server ${location.origin}`} action={add}>
          What your code should not have in its files: tokens, addresses, switches. It reads them from <code>process.env</code>.
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && (
        <DataTable
          label="Environment variables"
          columns={COLUMNS}
          rows={data}
          rowKey={({ name }) => name}
          {...(maySet && {
            actions: ({ name }: EnvironmentVariable) => (
              <Group gap={6} justify="flex-end" wrap="nowrap">
                <Button size="compact-sm" variant="default" aria-label={`Replace ${name}`} onClick={() => setEdited(name)}>
                  Replace
                </Button>
                <ConfirmButton label="Delete" icon={<IconTrash size={14} aria-hidden />} buttonProps={{ size: "compact-sm", "aria-label": `Delete ${name}` }} title={`Delete the variable "${name}"?`} confirmLabel="Delete" typeName={name} onConfirm={() => remove.mutateAsync(name)}>
                  Runs that begin from now on do not see it. Its value cannot be brought back from here.
                </ConfirmButton>
              </Group>
            ),
          })}
        />
      )}
      <Modal opened={edited !== null} onClose={() => setEdited(null)} title={edited === "" || edited === null ? "Set a variable" : `Replace "${edited}"`} closeButtonProps={{ "aria-label": "Close" }}>
        <VariableForm project={project} known={edited ?? ""} taken={data ?? []} onClose={() => setEdited(null)} />
      </Modal>
    </>
  );
}

function VariableForm({ project, known, taken, onClose }: { readonly project: string; readonly known: string; readonly taken: readonly EnvironmentVariable[]; readonly onClose: () => void }): ReactElement {
  const [name, setName] = useState(known);
  const [value, setValue] = useState("");
  const set = useSetVariable(project);
  const isReplaced = known !== "" || taken.some((one) => one.name === name.trim());
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate({ name: name.trim(), value }, { onSuccess: onClose });
      }}
    >
      <Stack gap="md">
        {known === "" && <TextInput label="Name" placeholder="SHOP_TOKEN" value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} data-autofocus required autoComplete="off" spellCheck={false} {...(isReplaced && { description: "There is one of that name: its value is replaced." })} />}
        <PasswordInput label="Value" description="One line. For more, such as a certificate: latchkey env set NAME @file" value={value} onChange={({ currentTarget }) => setValue(currentTarget.value)} {...(known !== "" && { "data-autofocus": true })} autoComplete="new-password" spellCheck={false} data-1p-ignore data-lpignore="true" visibilityToggleButtonProps={{ "aria-label": "Show the value", tabIndex: 0 }} />
        {set.error !== null && <ErrorBox error={set.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={set.isPending} disabled={name.trim() === ""}>
            {isReplaced ? "Replace" : "Set"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
