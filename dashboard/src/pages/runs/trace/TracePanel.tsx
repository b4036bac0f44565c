import { Group, SegmentedControl, Text } from "@mantine/core";
import { IconMovieOff } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { hasEnded } from "../../../api/runs.ts";
import type { RunDetails } from "../../../api/types.ts";
import { EmptyState } from "../../../ui/EmptyState.tsx";
import { TraceViewer } from "./TraceViewer.tsx";

/** The traces of a run's attempts; which one, and where in it, stands in the address. */
export function TracePanel({ project, run }: { readonly project: string; readonly run: RunDetails }): ReactElement {
  const { attempt, at } = useSearch({ from: "/inside/projects/$project/runs/$runId" });
  const navigate = useNavigate({ from: "/projects/$project/runs/$runId" });
  const traced = run.attempts.filter(({ trace }) => trace !== undefined);
  const shown = traced.find(({ number }) => String(number) === attempt) ?? traced.at(-1);
  if (shown?.trace === undefined)
    return hasEnded(run.status) ? (
      <EmptyState icon={IconMovieOff} title="The run has no trace">
        A trace has screenshots, network and console of an attempt. Runs record one unless <code>saveTrace</code> is false; old ones are removed in time.
      </EmptyState>
    ) : (
      <EmptyState icon={IconMovieOff} title="The trace is not there yet">
        It can be read when an attempt has ended. Until then, look at the live view and the log.
      </EmptyState>
    );
  const atMs = at !== undefined && /^\d+$/.test(at) ? Number(at) : null;
  return (
    <>
      {traced.length > 1 && (
        <Group mb="sm" gap="xs">
          <Text size="sm">Attempt</Text>
          <SegmentedControl size="xs" aria-label="Attempt" data={traced.map(({ number }) => String(number))} value={String(shown.number)} onChange={(next) => void navigate({ search: { tab: "trace", attempt: next }, replace: true })} />
        </Group>
      )}
      <TraceViewer key={shown.trace} project={project} runId={run.runId} folder={shown.trace} atMs={atMs} onAt={(next) => void navigate({ search: { tab: "trace", attempt: String(shown.number), at: String(Math.round(next)) }, replace: true, resetScroll: false })} />
    </>
  );
}
