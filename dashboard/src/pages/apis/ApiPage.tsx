import { SimpleGrid, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { liveDeploymentQuery } from "../../api/projects.ts";
import { recentRunsQuery, runQuery } from "../../api/runs.ts";
import type { DeploymentTarget, LiveDeployment } from "../../api/types.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { NotFound } from "../../ui/NotFound.tsx";
import { RunTable } from "../runs/RunTable.tsx";
import { RunForm } from "./RunForm.tsx";

/** One API: run it, copy how, see its latest runs. */
export function ApiPage(): ReactElement {
  const { project, _splat: name = "" } = useParams({ from: "/inside/projects/$project/apis/$" });
  const { data, error, refetch } = useQuery(liveDeploymentQuery(project));
  const target = data?.targets.find((one) => one.name === name);
  return (
    <>
      <PageTitle
        title={name}
        mono
        description={
          <>
            <AppLink to="/projects/$project/apis" params={{ project }} search={{}} underline="always">
              APIs
            </AppLink>
            {target !== undefined && (
              <>
                {" · "}
                <span className="lk-mono">{target.source}</span>
              </>
            )}
          </>
        }
      />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={320} />}
      {data !== undefined && target === undefined && <NotFound />}
      {data !== undefined && target !== undefined && <Api project={project} target={target} deployment={data} />}
    </>
  );
}

function Api({ project, target, deployment }: { readonly project: string; readonly target: DeploymentTarget; readonly deployment: LiveDeployment }): ReactElement {
  const { from } = useSearch({ from: "/inside/projects/$project/apis/$" });
  // "Run with changes" of a run brings its parameters along.
  const { data: before, isLoading } = useQuery({ ...runQuery(project, from ?? ""), enabled: from !== undefined });
  if (isLoading) return <Skeleton height={320} />;
  return (
    <>
      <RunForm key={`${target.name} ${from ?? ""}`} project={project} target={target} deployment={deployment} before={before ?? null} />
      <LatestRuns project={project} api={target.name} />
    </>
  );
}

function LatestRuns({ project, api }: { readonly project: string; readonly api: string }): ReactElement {
  const { data } = useQuery(recentRunsQuery(project, { api }, 5));
  return (
    <section aria-label="Latest runs" style={{ marginTop: "2rem" }}>
      <SimpleGrid cols={2} mb="xs">
        <Text component="h2" fw={650} m={0}>
          Latest runs
        </Text>
        <Text ta="right" size="sm" component="div">
          <AppLink to="/projects/$project/runs" params={{ project }} search={{ api }}>
            All runs of it
          </AppLink>
        </Text>
      </SimpleGrid>
      {data?.runs.length === 0 ? <Text c="dimmed" size="sm">It has not run yet.</Text> : <RunTable project={project} runs={data?.runs ?? []} label="Latest runs" hasTarget={false} />}
    </section>
  );
}
