import { Alert, Button, Center, Group, Stack, Text, Title } from "@mantine/core";
import { IconDownload, IconInfoCircle } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { hasJobRunEnded, jobRunQuery, type ResultsLink } from "../../api/jobs.ts";
import { runsQuery } from "../../api/runs.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { PageLoading, RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { Duration, RelativeTime } from "../../ui/Time.tsx";
import { RunTable } from "../runs/RunTable.tsx";
import { TerminateButton } from "./JobActions.tsx";
import { Fact, Facts } from "./JobDefinitionView.tsx";
import { JobRunBadge } from "./JobPage.tsx";
import { JobRunProgress } from "./JobRunProgress.tsx";

/** One job run: how far it is, its runs, and its results. */
export function JobRunPage(): ReactElement {
  const { project, jobId, jobRunId } = useParams({ from: "/inside/projects/$project/jobs/$jobId/runs/$jobRunId" });
  const { data, error, refetch } = useQuery(jobRunQuery(project, jobId, jobRunId));
  if (data === undefined) return error === null ? <PageLoading /> : <ErrorBox error={error} onRetry={() => void refetch()} />;
  const { jobRun, results } = data;
  return (
    <>
      <PageTitle
        title={`Job run …${jobRun.id.slice(-8)}`}
        document={`Job run of ${jobId}`}
        badge={<JobRunBadge status={jobRun.status} />}
        description={
          <>
            <AppLink to="/projects/$project/jobs" params={{ project }} search={{}} underline="always">
              Jobs
            </AppLink>
            {" · "}
            <AppLink to="/projects/$project/jobs/$jobId" params={{ project, jobId }} search={{}} underline="always">
              {jobId}
            </AppLink>
          </>
        }
        actions={
          <>
            {!hasJobRunEnded(jobRun.status) && <TerminateButton project={project} id={jobId} jobRunId={jobRun.id} />}
            {results !== undefined && <ResultButtons results={results} />}
          </>
        }
      />
      <Stack gap="lg">
        {jobRun.reason !== null && (
          <Alert variant="light" color="gray" icon={<IconInfoCircle aria-hidden />} styles={{ message: { color: "inherit" } }}>
            {jobRun.reason.message}
          </Alert>
        )}
        <div className="lk-card" style={{ padding: "var(--mantine-spacing-lg)" }}>
          <JobRunProgress jobRun={jobRun} isLarge />
        </div>
        <Facts>
          <Fact title="Started by">{jobRun.type === "MANUAL" ? "Trigger" : "Schedule"}</Fact>
          <Fact title="Started">
            <RelativeTime at={jobRun.start_time} />
          </Fact>
          <Fact title="Took">{jobRun.end_time === null ? <Duration since={jobRun.start_time} /> : <Duration ms={Date.parse(jobRun.end_time) - Date.parse(jobRun.start_time)} />}</Fact>
          <Fact title="Deliveries">
            <AppLink to="/projects/$project/deliveries" params={{ project }} search={{ jobRunId: jobRun.id }}>
              What was sent to the sink
            </AppLink>
          </Fact>
        </Facts>
        <RunsOfJobRun project={project} jobRunId={jobRun.id} />
      </Stack>
    </>
  );
}

function ResultButtons({ results: { signed_url: url } }: { readonly results: ResultsLink }): ReactElement {
  return (
    <>
      <CopyButton value={url} label="Copy link to results" withText />
      {/* By its path: behind a reverse proxy the server may not know the name it is reached by. */}
      <Button component="a" href={new URL(url).pathname + new URL(url).search} download="results.jsonl" variant="default" leftSection={<IconDownload size={16} aria-hidden />} title="A line of JSON for each run. The link needs no key and holds for an hour.">
        Results
      </Button>
    </>
  );
}

function RunsOfJobRun({ project, jobRunId }: { readonly project: string; readonly jobRunId: string }): ReactElement {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(runsQuery(project, { jobRunId }));
  const runs = data?.pages.flatMap((page) => page.runs);
  return (
    <section aria-label="Runs">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Runs</Title>
        <AppLink to="/projects/$project/runs" params={{ project }} search={{ jobRunId }} fz="sm">
          Open in the list of runs
        </AppLink>
      </Group>
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {runs === undefined && error === null && <RowsLoading />}
      {runs?.length === 0 && (
        <Text size="sm" c="dimmed">
          It made no run.
        </Text>
      )}
      {runs !== undefined && runs.length > 0 && <RunTable project={project} runs={runs} label="Runs" />}
      {hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            More runs
          </Button>
        </Center>
      )}
    </section>
  );
}
