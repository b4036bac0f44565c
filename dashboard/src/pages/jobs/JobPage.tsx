import { Button, Center, Stack, Tabs, Text } from "@mantine/core";
import { IconHistory, IconPencil } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { hasJobRunEnded, jobQuery, jobRunsQuery, type Job, type JobRun } from "../../api/jobs.ts";
import { useMay } from "../../api/session.ts";
import { AppLink, AppLinkButton } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { DeclaredNote } from "../../ui/definition/DeclaredNote.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { PageLoading, RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Duration, RelativeTime } from "../../ui/Time.tsx";
import { DeleteJobButton, PauseButton, TerminateButton, TriggerButton } from "./JobActions.tsx";
import { JobDefinitionView } from "./JobDefinitionView.tsx";
import { JobForm } from "./JobForm.tsx";
import { JobRunProgress } from "./JobRunProgress.tsx";
import { scheduleWords } from "./schedule/words.ts";

const ROUTE = "/inside/projects/$project/jobs/$jobId";

/** One job: its job runs, its definition; with `?edit=1` the form that changes it. */
export function JobPage(): ReactElement {
  const { project, jobId } = useParams({ from: ROUTE });
  const { edit } = useSearch({ from: ROUTE });
  const mayManage = useMay("manage");
  const { data: job, error, refetch } = useQuery(jobQuery(project, jobId));
  const [problem, setProblem] = useState<unknown>(null);
  if (job === undefined) return error === null ? <PageLoading /> : <ErrorBox error={error} onRetry={() => void refetch()} />;
  const isDeclared = job.origin === "deployment";
  const isEdited = edit !== undefined && !isDeclared && mayManage;
  return (
    <>
      <PageTitle
        title={job.id}
        mono
        badge={<StatusBadge status={job.state} />}
        description={
          <>
            <AppLink to="/projects/$project/jobs" params={{ project }} search={{}} underline="always">
              Jobs
            </AppLink>
            {` · ${scheduleWords(job.schedule)}`}
            {job.state === "ACTIVE" && job.next_run_time !== null && (
              <>
                {" · next "}
                <RelativeTime at={job.next_run_time} />
              </>
            )}
          </>
        }
        actions={
          !isEdited && (
            <>
              {mayManage && !isDeclared && <DeleteJobButton project={project} id={job.id} />}
              {mayManage && !isDeclared && (
                <AppLinkButton to="/projects/$project/jobs/$jobId" params={{ project, jobId }} search={{ edit: "1" }} variant="default" leftSection={<IconPencil size={16} aria-hidden />}>
                  Edit
                </AppLinkButton>
              )}
              <PauseButton project={project} job={job} onError={setProblem} />
              <TriggerButton project={project} job={job} onError={setProblem} />
            </>
          )
        }
      />
      <Stack gap="md">
        {problem !== null && <ErrorBox error={problem} />}
        {job.state === "PAUSED" && job.reason != null && (
          <Text size="sm" role="status">
            {job.reason.message}
          </Text>
        )}
        {isDeclared && (
          <DeclaredNote project={project} kind="job" id={job.id}>
            You can trigger, pause and resume it here.
          </DeclaredNote>
        )}
        {isEdited ? <JobForm project={project} job={job} /> : <JobTabs project={project} job={job} />}
      </Stack>
    </>
  );
}

function JobTabs({ project, job }: { readonly project: string; readonly job: Job }): ReactElement {
  const { tab = "runs" } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/projects/$project/jobs/$jobId" });
  return (
    <Tabs value={tab} onChange={(next) => void navigate({ search: next === "runs" || next === null ? {} : { tab: next }, replace: true })} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="runs">Job runs</Tabs.Tab>
        <Tabs.Tab value="definition">Definition</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="runs">
        <JobRuns project={project} job={job} />
      </Tabs.Panel>
      <Tabs.Panel value="definition">
        <JobDefinitionView project={project} job={job} />
      </Tabs.Panel>
    </Tabs>
  );
}

function JobRuns({ project, job }: { readonly project: string; readonly job: Job }): ReactElement {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(jobRunsQuery(project, job.id));
  const rows = data?.pages.flatMap(({ jobRuns }) => jobRuns);
  const columns: readonly Column<JobRun>[] = [
    {
      title: "Job run",
      isMain: true,
      cell: ({ id }) => (
        <AppLink to="/projects/$project/jobs/$jobId/runs/$jobRunId" params={{ project, jobId: job.id, jobRunId: id }} search={{}} fw={600} fz="sm">
          …{id.slice(-8)}
        </AppLink>
      ),
    },
    { title: "Status", cell: ({ status }) => <JobRunBadge status={status} /> },
    { title: "Runs", cell: (jobRun) => <JobRunProgress jobRun={jobRun} /> },
    { title: "Started", cell: ({ start_time: at }) => <RelativeTime at={at} /> },
    { title: "Started by", cell: ({ type }) => (type === "MANUAL" ? "Trigger" : "Schedule") },
    { title: "Took", align: "right", cell: ({ start_time: from, end_time: to }) => (to === null ? <Duration since={from} /> : <Duration ms={Date.parse(to) - Date.parse(from)} />) },
  ];
  return (
    <>
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <RowsLoading />}
      {rows?.length === 0 && (
        <EmptyState icon={IconHistory} title="No job run yet" command={`latchkey jobs trigger ${job.id}`}>
          A job run is what a firing or a trigger makes: a run for each payload.
        </EmptyState>
      )}
      {rows !== undefined && rows.length > 0 && <DataTable label="Job runs" columns={columns} rows={rows} rowKey={({ id }) => id} actions={({ id, status }) => !hasJobRunEnded(status) && <TerminateButton project={project} id={job.id} jobRunId={id} isSmall />} />}
      {hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Older job runs
          </Button>
        </Center>
      )}
    </>
  );
}

/** The API has no word for a job run that goes on; people need one. */
export function JobRunBadge({ status }: { readonly status: JobRun["status"] }): ReactElement {
  return status === "PENDING" ? <StatusBadge status="running" /> : <StatusBadge status={status} />;
}
