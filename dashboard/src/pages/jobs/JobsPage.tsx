import { Stack, Text, TextInput } from "@mantine/core";
import { IconCalendarTime, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { jobsQuery, lastJobRunQuery, type JobListItem } from "../../api/jobs.ts";
import { useMay } from "../../api/session.ts";
import { AppLink, AppLinkButton } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { RelativeTime } from "../../ui/Time.tsx";
import { PauseButton, TriggerButton } from "./JobActions.tsx";
import { JobForm } from "./JobForm.tsx";
import { JobRunProgress } from "./JobRunProgress.tsx";
import { scheduleWords } from "./schedule/words.ts";

const ROUTE = "/inside/projects/$project/jobs";

/** All jobs of a project; with `?new=1` the form of a new one. */
export function JobsPage(): ReactElement {
  const { project } = useParams({ from: ROUTE });
  const { new: isNew, api } = useSearch({ from: ROUTE });
  if (isNew === undefined) return <JobList project={project} />;
  return (
    <>
      <PageTitle
        title="New job"
        description={
          <AppLink to="/projects/$project/jobs" params={{ project }} search={{}} underline="always">
            Jobs
          </AppLink>
        }
      />
      <JobForm project={project} job={null} {...(api !== undefined && { api })} />
    </>
  );
}

function JobList({ project }: { readonly project: string }): ReactElement {
  const { q = "" } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/projects/$project/jobs" });
  const { data, error, refetch } = useQuery(jobsQuery(project));
  const mayManage = useMay("manage");
  const [problem, setProblem] = useState<unknown>(null);
  const shown = (data ?? []).filter(({ id }) => id.toLowerCase().includes(q.toLowerCase()));
  const create = (
    <AppLinkButton to="/projects/$project/jobs" params={{ project }} search={{ new: "1" }} leftSection={<IconPlus size={16} aria-hidden />}>
      New job
    </AppLinkButton>
  );
  return (
    <>
      <PageTitle
        title="Jobs"
        document={`Jobs of ${project}`}
        description="Sets of payloads that run by a schedule, or when triggered."
        actions={
          <>
            {(data?.length ?? 0) > 5 && <TextInput data-filter aria-label="Filter jobs" placeholder="Filter" leftSection={<IconSearch size={16} aria-hidden />} value={q} onChange={({ currentTarget }) => void navigate({ search: currentTarget.value === "" ? {} : { q: currentTarget.value }, replace: true })} />}
            {mayManage && create}
          </>
        }
      />
      <Stack gap="md">
        {problem !== null && <ErrorBox error={problem} />}
        {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {data === undefined && error === null && <RowsLoading />}
        {data?.length === 0 && (
          <EmptyState icon={IconCalendarTime} title="No job yet" command={`latchkey jobs create nightly '{"payload": [{"apiName": "hello", "parameters": {}}], "configuration": {}, "schedule": {"intervals": [{"every": "1h"}]}}'`} action={mayManage && create}>
            A job runs a set of payloads by a schedule, a few at a time, and can send what comes out to a sink. Make one here or by a command, or declare it in <code>latchkey/jobs/</code>.
          </EmptyState>
        )}
        {shown.length > 0 && (
          <DataTable
            label="Jobs"
            columns={columnsOf(project)}
            rows={shown}
            rowKey={({ id }) => id}
            actions={(job) => (
              <span style={{ display: "inline-flex", gap: 6 }}>
                <PauseButton project={project} job={job} isSmall onError={setProblem} />
                <TriggerButton project={project} job={job} isSmall onError={setProblem} />
              </span>
            )}
          />
        )}
        {data !== undefined && data.length > 0 && shown.length === 0 && <Text c="dimmed">No job has “{q}” in its name.</Text>}
      </Stack>
    </>
  );
}

function columnsOf(project: string): readonly Column<JobListItem>[] {
  return [
    {
      title: "Job",
      isMain: true,
      cell: ({ id, origin, payload }) => (
        <>
          <AppLink to="/projects/$project/jobs/$jobId" params={{ project, jobId: id }} search={{}} fw={600} fz="sm">
            {id}
          </AppLink>
          <Text size="xs" c="dimmed" fw={400}>
            {payload.length === 1 ? (payload[0]?.apiName ?? "") : `${payload.length} payloads`}
            {origin === "deployment" && " · declared"}
          </Text>
        </>
      ),
    },
    { title: "State", cell: ({ state }) => <StatusBadge status={state} /> },
    { title: "Schedule", cell: ({ schedule }) => <span>{scheduleWords(schedule)}</span> },
    { title: "Next", cell: ({ next_run_time: at, state }) => (state === "PAUSED" ? "–" : <RelativeTime at={at} />) },
    { title: "Last job run", cell: ({ id }) => <LastJobRun project={project} jobId={id} /> },
  ];
}

function LastJobRun({ project, jobId }: { readonly project: string; readonly jobId: string }): ReactElement {
  const { data } = useQuery(lastJobRunQuery(project, jobId));
  if (data === undefined) return <span> </span>;
  if (data === null) return <span>Never</span>;
  return (
    <div style={{ minWidth: 130 }}>
      <AppLink to="/projects/$project/jobs/$jobId/runs/$jobRunId" params={{ project, jobId, jobRunId: data.id }} search={{}} fz="sm">
        <RelativeTime at={data.created_at} />
      </AppLink>
      <JobRunProgress jobRun={data} />
    </div>
  );
}
