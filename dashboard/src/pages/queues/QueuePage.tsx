import { SimpleGrid, Stack, Tabs, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState, type ReactElement, type ReactNode } from "react";
import { queueQuery, type Queue } from "../../api/queues.ts";
import { useMay } from "../../api/session.ts";
import { AppLink, AppLinkButton } from "../../ui/AppLink.tsx";
import { CodeBlock } from "../../ui/CodeBlock.tsx";
import { DeclaredNote } from "../../ui/definition/DeclaredNote.tsx";
import { sinkWords } from "../../ui/definition/sink-words.ts";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { PageLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { RelativeTime } from "../../ui/Time.tsx";
import { AppendButton } from "./AppendItems.tsx";
import { DeleteQueueButton, PauseQueueButton } from "./QueueActions.tsx";
import { QueueForm, queueDefinitionOf } from "./QueueForm.tsx";
import { QueueItems } from "./QueueItems.tsx";
import { RepeatItems } from "./RepeatItems.tsx";
import { paceWords } from "./words.ts";

const ROUTE = "/inside/projects/$project/queues/$queueId";

/** One queue: its counts, its items; with `?edit=1` the form that changes it. */
export function QueuePage(): ReactElement {
  const { project, queueId } = useParams({ from: ROUTE });
  const { edit } = useSearch({ from: ROUTE });
  const mayManage = useMay("manage");
  const { data: queue, error, refetch } = useQuery(queueQuery(project, queueId));
  const [problem, setProblem] = useState<unknown>(null);
  if (queue === undefined) return error === null ? <PageLoading /> : <ErrorBox error={error} onRetry={() => void refetch()} />;
  const isDeclared = queue.origin === "deployment";
  const isEdited = edit !== undefined && !isDeclared && mayManage;
  return (
    <>
      <PageTitle
        title={queue.id}
        mono
        badge={<StatusBadge status={queue.state} />}
        description={
          <>
            <AppLink to="/projects/$project/queues" params={{ project }} search={{}} underline="always">
              Queues
            </AppLink>
            {` · ${paceWords(queue.configuration)}`}
          </>
        }
        actions={
          !isEdited && (
            <>
              {mayManage && !isDeclared && <DeleteQueueButton project={project} id={queue.id} />}
              {mayManage && !isDeclared && (
                <AppLinkButton to="/projects/$project/queues/$queueId" params={{ project, queueId }} search={{ edit: "1" }} variant="default" leftSection={<IconPencil size={16} aria-hidden />}>
                  Edit
                </AppLinkButton>
              )}
              <PauseQueueButton project={project} queue={queue} onError={setProblem} />
              <AppendButton project={project} queueId={queue.id} />
            </>
          )
        }
      />
      <Stack gap="md">
        {problem !== null && <ErrorBox error={problem} />}
        {queue.state === "PAUSED" && queue.reason !== undefined && (
          <Text size="sm" role="status">
            {queue.reason.message}
          </Text>
        )}
        {isDeclared && (
          <DeclaredNote project={project} kind="queue" id={queue.id}>
            You can append items, pause and resume it here.
          </DeclaredNote>
        )}
        {isEdited ? (
          <QueueForm project={project} queue={queue} />
        ) : (
          <>
            <Counts queue={queue} />
            <QueueTabs project={project} queue={queue} />
          </>
        )}
      </Stack>
    </>
  );
}

function Counts({ queue: { waiting, running, nextReleaseAt } }: { readonly queue: Queue }): ReactElement {
  return (
    <SimpleGrid component="dl" cols={3} className="lk-card" p="lg" m={0}>
      <Count title="Waiting">{waiting}</Count>
      <Count title="Going on">{running}</Count>
      <Count title="Next release">{nextReleaseAt === undefined ? "–" : <RelativeTime at={nextReleaseAt} />}</Count>
    </SimpleGrid>
  );
}

function Count({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {title}
      </Text>
      <Text component="dd" m={0} size="xl" fw={650} className="lk-tabular">
        {children}
      </Text>
    </div>
  );
}

function QueueTabs({ project, queue }: { readonly project: string; readonly queue: Queue }): ReactElement {
  const { tab = "items" } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/projects/$project/queues/$queueId" });
  return (
    <Tabs value={tab} onChange={(next) => void navigate({ search: next === "items" || next === null ? {} : { tab: next }, replace: true })} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="items">Items</Tabs.Tab>
        <Tabs.Tab value="repeat">Repeat items</Tabs.Tab>
        <Tabs.Tab value="definition">Definition</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="items">
        <QueueItems project={project} queueId={queue.id} />
      </Tabs.Panel>
      <Tabs.Panel value="repeat">
        <RepeatItems project={project} queueId={queue.id} />
      </Tabs.Panel>
      <Tabs.Panel value="definition">
        <Text size="sm" mb="xs">
          {paceWords(queue.configuration)}. Sink: {sinkWords(queue.sink)}.
        </Text>
        <CodeBlock code={JSON.stringify(queueDefinitionOf(queue), null, 2)} label="Definition" maxHeight={480} />
      </Tabs.Panel>
    </Tabs>
  );
}
