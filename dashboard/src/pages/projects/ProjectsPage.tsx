import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLayoutGrid, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { projectsQuery, useCreateProject } from "../../api/projects.ts";
import { useMay } from "../../api/session.ts";
import type { Project } from "../../api/types.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { RelativeTime } from "../../ui/Time.tsx";

const COLUMNS: readonly Column<Project>[] = [
  {
    title: "Project",
    isMain: true,
    cell: ({ name }) => (
      <AppLink to="/projects/$project/apis" params={{ project: name }} fw={600}>
        {name}
      </AppLink>
    ),
  },
  { title: "Deployment", cell: ({ liveDeploymentId }) => (liveDeploymentId === null ? <StatusBadge status="none" label="Not deployed" /> : <StatusBadge status="live" />) },
  { title: "Made", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
];

/** All projects of the workspace. */
export function ProjectsPage(): ReactElement {
  const { data, error, refetch } = useQuery(projectsQuery);
  const mayCreate = useMay("deploy");
  const [isOpen, modal] = useDisclosure(false);
  return (
    <>
      <PageTitle
        title="Projects"
        description="A project is a folder with APIs, and with what logs in."
        actions={
          mayCreate && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={modal.open}>
              New project
            </Button>
          )
        }
      />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsLoading />}
      {data?.length === 0 && (
        <EmptyState icon={IconLayoutGrid} title="No project yet" command={"npx latchkey init my-project\ncd my-project && npm install\nnpx latchkey deploy --server URL"}>
          A deployment makes its project. Start with a sample, and send it here.
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && <DataTable label="Projects" columns={COLUMNS} rows={data} rowKey={({ id }) => id} />}
      <Modal opened={isOpen} onClose={modal.close} title="New project" closeButtonProps={{ "aria-label": "Close" }}>
        <NewProject onClose={modal.close} />
      </Modal>
    </>
  );
}

function NewProject({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [name, setName] = useState("");
  const create = useCreateProject();
  const navigate = useNavigate();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate(name.trim(), { onSuccess: () => void navigate({ to: "/projects/$project/apis", params: { project: name.trim() } }) });
      }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          Deploying makes a project too. Make it here to set its environment variables before its first deployment.
        </Text>
        <TextInput label="Name" value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} data-autofocus required withAsterisk={false} autoComplete="off" spellCheck={false} />
        {create.error !== null && <ErrorBox error={create.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
            Make project
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
