import { Badge, Skeleton, Stack, Tabs } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, type ReactElement } from "react";
import { artifactsQuery, hasEnded, runPromptsQuery, runQuery } from "../../api/runs.ts";
import type { RunDetails } from "../../api/types.ts";
import { useRunEvents } from "../../api/use-run-events.ts";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { JsonTree } from "../../ui/JsonTree.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { attemptsOf } from "./attempts.ts";
import { FileList } from "./FileList.tsx";
import { LogView } from "./LogView.tsx";
import { PromptPanel } from "./PromptPanel.tsx";
import { RunActions } from "./RunActions.tsx";
import { RunFacts } from "./RunFacts.tsx";
import { RunOverview } from "./RunOverview.tsx";
import { targetLabel } from "./RunTable.tsx";
import { TracePanel } from "./trace/TracePanel.tsx";

const ROUTE = "/inside/projects/$project/runs/$runId";

/** One run: what it is, what it does now, what came of it, and all evidence. */
export function RunPage(): ReactElement {
  const { project, runId } = useParams({ from: ROUTE });
  const { data: run, error, refetch } = useQuery(runQuery(project, runId));
  if (run === undefined)
    return (
      <>
        <PageTitle title="Run" description={<span className="lk-mono">{runId}</span>} />
        {error === null ? <Skeleton height={280} /> : <ErrorBox error={error} onRetry={() => void refetch()} />}
      </>
    );
  return <LoadedRun key={runId} project={project} run={run} />;
}

function LoadedRun({ project, run }: { readonly project: string; readonly run: RunDetails }): ReactElement {
  const { runId, status } = run;
  const { tab = "overview" } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/projects/$project/runs/$runId" });
  const client = useQueryClient();
  const isLive = !hasEnded(status);
  const { events, state } = useRunEvents(project, runId);
  const { data: prompts } = useQuery(runPromptsQuery(project, runId, isLive));
  const { data: files } = useQuery(artifactsQuery(project, runId));
  // What changes the run itself is told by its stream sooner than by asking again.
  const told = events.findLast(({ type }) => type === "prompt" || type === "prompt-answered" || type === "attempt-ended" || type === "attempt-started");
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["project", project, "run", runId] });
  }, [client, project, runId, told, state === "ended"]);

  const attempts = attemptsOf(run, events);
  const logCount = events.filter(({ type }) => type === "log").length;
  const open = (prompts ?? []).filter((prompt) => prompt.status === "open");
  return (
    <>
      <PageTitle title={targetLabel(run)} document={`${targetLabel(run)} · run`} mono={run.kind === "api"} badge={<StatusBadge status={run.held ? "held" : status} />} actions={<RunActions project={project} run={run} />} />
      <RunFacts project={project} run={run} />
      {isLive && open.length > 0 && (
        <Stack gap="md" mt="md">
          {open.map((prompt) => (
            <PromptPanel key={prompt.id} project={project} prompt={prompt} />
          ))}
        </Stack>
      )}
      <Tabs mt="md" value={tab} onChange={(next) => void navigate({ search: next === null || next === "overview" ? {} : { tab: next }, replace: true })} keepMounted={false}>
        <Tabs.List aria-label="Parts of the run" mb="md">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="logs" rightSection={<Count value={logCount} />}>
            Logs
          </Tabs.Tab>
          <Tabs.Tab value="trace">Trace</Tabs.Tab>
          <Tabs.Tab value="files" rightSection={<Count value={files?.artifacts.length ?? 0} />}>
            Files
          </Tabs.Tab>
          <Tabs.Tab value="parameters">Parameters</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <RunOverview project={project} run={run} attempts={attempts} events={events} />
        </Tabs.Panel>
        <Tabs.Panel value="logs">
          <LogView events={events} isLive={isLive} runId={runId} />
        </Tabs.Panel>
        <Tabs.Panel value="trace">
          <TracePanel project={project} run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="files">
          <FileList project={project} runId={runId} files={files?.artifacts} isLive={isLive} />
        </Tabs.Panel>
        <Tabs.Panel value="parameters">
          <JsonTree value={run.parameters} label="Parameters" />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Count({ value }: { readonly value: number }): ReactElement | null {
  return value === 0 ? null : (
    <Badge size="sm" variant="default" circle={value < 10} styles={{ root: { color: "inherit" } }}>
      {value}
    </Badge>
  );
}
