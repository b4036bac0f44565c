import { Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconSearch, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { queuesQuery, type Queue } from "../../api/queues.ts";
import { useMay } from "../../api/session.ts";
import { AppLink, AppLinkButton } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { PauseQueueButton } from "./QueueActions.tsx";
import { QueueForm } from "./QueueForm.tsx";
import { paceWords } from "./words.ts";

const ROUTE = "/inside/projects/$project/queues";

/** All queues of a project; with `?new=1` the form of a new one. */
export function QueuesPage(): ReactElement {
  const { project } = useParams({ from: ROUTE });
  const { new: isNew } = useSearch({ from: ROUTE });
  if (isNew === undefined) return <QueueList project={project} />;
  return (
    <>
      <PageTitle
        title="New queue"
        description={
          <AppLink to="/projects/$project/queues" params={{ project }} search={{}} underline="always">
            Queues
          </AppLink>
        }
      />
      <QueueForm project={project} queue={null} />
    </>
  );
}

function QueueList({ project }: { readonly project: string }): ReactElement {
  const { q = "" } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/projects/$project/queues" });
  const { data, error, refetch } = useQuery(queuesQuery(project));
  const mayManage = useMay("manage");
  const [problem, setProblem] = useState<unknown>(null);
  const shown = (data ?? []).filter(({ id }) => id.toLowerCase().includes(q.toLowerCase()));
  const create = (
    <AppLinkButton to="/projects/$project/queues" params={{ project }} search={{ new: "1" }} leftSection={<IconPlus size={16} aria-hidden />}>
      New queue
    </AppLinkButton>
  );
  return (
    <>
      <PageTitle
        title="Queues"
        document={`Queues of ${project}`}
        description="Items that are worked through in order, at the pace you set."
        actions={
          <>
            {(data?.length ?? 0) > 5 && <TextInput data-filter aria-label="Filter queues" placeholder="Filter" leftSection={<IconSearch size={16} aria-hidden />} value={q} onChange={({ currentTarget }) => void navigate({ search: currentTarget.value === "" ? {} : { q: currentTarget.value }, replace: true })} />}
            {mayManage && create}
          </>
        }
      />
      <Stack gap="md">
        {problem !== null && <ErrorBox error={problem} />}
        {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {data === undefined && error === null && <RowsLoading />}
        {data?.length === 0 && (
          <EmptyState icon={IconStack2} title="No queue yet" command={`latchkey queues create mail '{"configuration": {"rateLimits": [{"limit": 10, "duration": "1m"}]}}'`} action={mayManage && create}>
            A queue takes items one by one and runs each when its turn comes: in order, within rate limits and opening hours. Make one here or by a command, or declare it in <code>latchkey/queues/</code>.
          </EmptyState>
        )}
        {shown.length > 0 && <DataTable label="Queues" columns={columnsOf(project)} rows={shown} rowKey={({ id }) => id} actions={(queue) => <PauseQueueButton project={project} queue={queue} isSmall onError={setProblem} />} />}
        {data !== undefined && data.length > 0 && shown.length === 0 && <Text c="dimmed">No queue has “{q}” in its name.</Text>}
      </Stack>
    </>
  );
}

function columnsOf(project: string): readonly Column<Queue>[] {
  return [
    {
      title: "Queue",
      isMain: true,
      cell: ({ id, name, origin }) => (
        <>
          <AppLink to="/projects/$project/queues/$queueId" params={{ project, queueId: id }} search={{}} fw={600} fz="sm">
            {id}
          </AppLink>
          {(name !== undefined || origin === "deployment") && (
            <Text size="xs" c="dimmed" fw={400}>
              {[name, origin === "deployment" ? "declared" : undefined].filter((text) => text !== undefined).join(" · ")}
            </Text>
          )}
        </>
      ),
    },
    { title: "State", cell: ({ state }) => <StatusBadge status={state} /> },
    { title: "Pace", cell: ({ configuration }) => <span>{paceWords(configuration)}</span> },
    { title: "Waiting", align: "right", cell: ({ waiting }) => <span className="lk-tabular">{waiting}</span> },
    { title: "Going on", align: "right", cell: ({ running }) => <span className="lk-tabular">{running}</span> },
  ];
}
