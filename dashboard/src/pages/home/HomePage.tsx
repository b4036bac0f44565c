import { Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconLayoutGrid } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { projectsQuery } from "../../api/projects.ts";
import { sessionQuery } from "../../api/session.ts";
import type { Session } from "../../api/types.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { PageLoading, RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { PromptPanel } from "../runs/PromptPanel.tsx";
import { RunTable } from "../runs/RunTable.tsx";
import { AttentionList } from "./AttentionList.tsx";
import { MAX_PROJECTS, useAttention } from "./use-attention.ts";

/** Says at a glance what needs attention, in all projects. */
export function HomePage(): ReactElement {
  const { data: session } = useQuery(sessionQuery);
  const { data: projects, error, refetch } = useQuery(projectsQuery);
  if (error !== null) return <ErrorBox error={error} onRetry={() => void refetch()} />;
  if (session === undefined || session === null || projects === undefined) return <PageLoading />;
  if (projects.length === 0)
    return (
      <>
        <PageTitle title="Home" />
        <EmptyState icon={IconLayoutGrid} title="Welcome to Latchkey" command={`npx latchkey init my-project\ncd my-project && npm install\nnpx latchkey deploy --server ${location.origin}`}>
          Nothing is deployed yet. These commands make a sample project and bring it here; its APIs can then be run from this page, by HTTP and by schedule.
        </EmptyState>
      </>
    );
  return <Overview session={session} projects={projects.map(({ name }) => name)} />;
}

function Overview({ session, projects }: { readonly session: Session; readonly projects: readonly string[] }): ReactElement {
  const { isLoading, error, prompts, items, runs, workers, going } = useAttention(session, projects);
  const waiting = prompts.length + items.length;
  const slots = (workers ?? []).filter(({ state }) => state === "running").reduce((sum, { slots: own }) => sum + own, 0);
  const busy = (workers ?? []).reduce((sum, worker) => sum + worker.busy, 0);
  const ownerOf = new Map(runs.map(({ project, run }) => [run.runId, project]));
  return (
    <>
      <PageTitle title="Home" description={isLoading ? "Looking through the projects …" : waiting === 0 ? "Nothing needs your attention." : waiting === 1 ? "One thing needs your attention." : `${waiting} things need your attention.`} />
      <SimpleGrid cols={{ base: 2, sm: 4 }} mb="lg" spacing="sm">
        <Figure name="Needs attention" value={waiting} isBad={waiting > 0} />
        <Figure name="Runs that go on" value={going} />
        <Figure name="Slots in use" value={workers === undefined ? "–" : `${busy} of ${slots}`} />
        <Figure name="Projects" value={<AppLink to="/projects" c="inherit">{projects.length}</AppLink>} />
      </SimpleGrid>
      {error !== null && <ErrorBox error={error} title="Not everything could be read" />}
      <Stack gap="md" mb="xl">
        {prompts.map(({ project, prompt }) => (
          <div key={prompt.id}>
            <PromptPanel project={project} prompt={prompt} />
            <Text size="xs" mt={4} component="div">
              <AppLink to="/projects/$project/runs/$runId" params={{ project, runId: prompt.runId }} search={{}} underline="always">
                Open the run that asks
              </AppLink>
            </Text>
          </div>
        ))}
        {isLoading && waiting === 0 && <RowsLoading rows={2} />}
        {items.length > 0 && <AttentionList items={items} />}
        {!isLoading && waiting === 0 && error === null && (
          <Group className="lk-card" p="md" gap="sm">
            <IconCircleCheck size={22} aria-hidden color="light-dark(#1f8a55, #3fc07f)" />
            <Text size="sm">All logins hold, nothing failed in the last day, and every result was delivered.</Text>
          </Group>
        )}
        {projects.length > MAX_PROJECTS && (
          <Text size="sm" c="dimmed">
            Only the first {MAX_PROJECTS} projects were looked through.
          </Text>
        )}
      </Stack>
      {runs.length > 0 && (
        <section aria-label="Latest runs">
          <Title order={2} mb="xs">
            Latest runs
          </Title>
          <RunTable label="Latest runs" project={projects[0] ?? ""} runs={runs.map(({ run }) => run)} {...(projects.length > 1 && { projectOf: (run) => ownerOf.get(run.runId) ?? "" })} />
        </section>
      )}
    </>
  );
}

function Figure({ name, value, isBad = false }: { readonly name: string; readonly value: ReactNode; readonly isBad?: boolean }): ReactElement {
  return (
    <div className="lk-card" style={{ padding: "0.75rem 1rem" }} role="group" aria-label={name}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fz="1.4rem" fw={650} className="lk-tabular" component="div" {...(isBad && { c: "light-dark(#7a4a00, #f7c667)" })}>
        {value}
      </Text>
    </div>
  );
}
