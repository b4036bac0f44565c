import { Button, Center, Group, Pill, Select, TextInput } from "@mantine/core";
import { IconActivity, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type ReactElement } from "react";
import { authSessionsQuery } from "../../api/attention.ts";
import { liveDeploymentQuery } from "../../api/projects.ts";
import { runsQuery, type RunFilter } from "../../api/runs.ts";
import { RUN_STATUSES } from "../../api/types.ts";
import { AppLinkButton } from "../../ui/AppLink.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { statusLabel } from "../../ui/StatusBadge.tsx";
import { apisOf } from "../apis/ApisPage.tsx";
import { RunTable } from "./RunTable.tsx";

const ROUTE = "/inside/projects/$project/runs";
const PERIODS: Readonly<Record<string, number>> = { "Last hour": 3_600_000, "Last day": 86_400_000, "Last week": 604_800_000 };

/** All runs of a project, newest first, as they happen. */
export function RunsPage(): ReactElement {
  const { project } = useParams({ from: ROUTE });
  const filter = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/projects/$project/runs" });
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(runsQuery(project, filter));
  const change = (part: RunFilter): void => void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  const runs = data?.pages.flatMap((page) => page.runs);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <PageTitle title="Runs" document={`Runs of ${project}`} description="Every request to execute something, newest first." />
      <Filters project={project} filter={filter} onChange={change} />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {runs === undefined && error === null && <RowsLoading />}
      {runs?.length === 0 && isFiltered && (
        <EmptyState icon={IconSearch} title="No run fits the filter" action={<Button variant="default" onClick={() => void navigate({ search: {} })}>Remove the filter</Button>} />
      )}
      {runs?.length === 0 && !isFiltered && (
        <EmptyState icon={IconActivity} title="No run yet" action={<AppLinkButton to="/projects/$project/apis" params={{ project }} search={{}}>Open the APIs</AppLinkButton>}>
          A run executes an API, once. Start one from an API, by HTTP, by a job or by a queue; it appears here at once.
        </EmptyState>
      )}
      {runs !== undefined && runs.length > 0 && <RunTable project={project} runs={runs} label="Runs" />}
      {hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Older runs
          </Button>
        </Center>
      )}
    </>
  );
}

function Filters({ project, filter, onChange }: { readonly project: string; readonly filter: RunFilter; readonly onChange: (part: RunFilter) => void }): ReactElement {
  const { data: deployment } = useQuery(liveDeploymentQuery(project));
  const { data: sessions } = useQuery(authSessionsQuery(project));
  const apis = apisOf(deployment?.targets ?? []).map(({ name }) => name);
  const known = (list: readonly string[], value: string | undefined): string[] => (value === undefined || list.includes(value) ? [...list] : [...list, value]);
  return (
    <Group gap="xs" mb="md" role="search" aria-label="Filter runs">
      <Select data-filter aria-label="Status" placeholder="Any status" clearable w={170} data={RUN_STATUSES.map((status) => ({ value: status, label: statusLabel(status) }))} value={filter.status ?? null} onChange={(status) => onChange({ status: status ?? undefined })} />
      <Select aria-label="API" placeholder="Any API" clearable searchable w={190} data={known(apis, filter.api)} value={filter.api ?? null} onChange={(api) => onChange({ api: api ?? undefined })} nothingFoundMessage="No such API" />
      <Select aria-label="Auth session" placeholder="Any auth session" clearable searchable w={190} data={known((sessions ?? []).map(({ id }) => id), filter.authSessionId)} value={filter.authSessionId ?? null} onChange={(authSessionId) => onChange({ authSessionId: authSessionId ?? undefined })} nothingFoundMessage="No such auth session" />
      <Select aria-label="Time" placeholder="Any time" clearable w={150} data={Object.keys(PERIODS)} value={periodOf(filter.since)} onChange={(period) => onChange({ since: period === null ? undefined : new Date(Date.now() - (PERIODS[period] ?? 0)).toISOString(), until: undefined })} />
      <RunIdField project={project} />
      {filter.jobRunId !== undefined && <Pill withRemoveButton onRemove={() => onChange({ jobRunId: undefined })} removeButtonProps={{ "aria-label": "Remove the filter by job run" }}>{`Job run …${filter.jobRunId.slice(-8)}`}</Pill>}
      {filter.queueId !== undefined && <Pill withRemoveButton onRemove={() => onChange({ queueId: undefined })} removeButtonProps={{ "aria-label": "Remove the filter by queue" }}>{`Queue ${filter.queueId}`}</Pill>}
    </Group>
  );
}

/** The id of a run, pasted, opens it. */
function RunIdField({ project }: { readonly project: string }): ReactElement {
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const runId = text.trim().toLowerCase();
  const isWhole = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(runId);
  useEffect(() => {
    if (isWhole) void navigate({ to: "/projects/$project/runs/$runId", params: { project, runId }, search: {} });
  }, [isWhole, navigate, project, runId]);
  return <TextInput aria-label="Open a run by its id" placeholder="Paste a run id" value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} w={150} spellCheck={false} />;
}

/** Which of the periods a moment stands for; the address holds the moment, so that a shared link shows the same runs. */
function periodOf(since: string | undefined): string | null {
  if (since === undefined) return null;
  const awayMs = Date.now() - Date.parse(since);
  return Object.entries(PERIODS).find(([, periodMs]) => awayMs < periodMs * 1.5)?.[0] ?? null;
}
