import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useDeleteJob, useSetJobState, useTerminateJobRun, useTriggerJob, type JobListItem } from "../../api/jobs.ts";
import { useMay } from "../../api/session.ts";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";

/** Starts a job run now, and opens it. */
export function TriggerButton({ project, job: { id, state }, isSmall = false, onError }: { readonly project: string; readonly job: Pick<JobListItem, "id" | "state">; readonly isSmall?: boolean; readonly onError: (error: unknown) => void }): ReactElement {
  const trigger = useTriggerJob(project);
  const navigate = useNavigate();
  return (
    <Button
      size={isSmall ? "compact-sm" : "sm"}
      variant={isSmall ? "light" : "filled"}
      aria-label={`Trigger ${id}`}
      leftSection={<IconPlayerTrackNext size={isSmall ? 14 : 16} aria-hidden />}
      loading={trigger.isPending}
      disabled={state === "PAUSED"}
      title={state === "PAUSED" ? "The job is paused. Resume it first." : undefined}
      onClick={() => trigger.mutate({ id, idempotencyKey: crypto.randomUUID() }, { onSuccess: ({ jobRunId }) => void navigate({ to: "/projects/$project/jobs/$jobId/runs/$jobRunId", params: { project, jobId: id, jobRunId }, search: {} }), onError })}
    >
      Trigger
    </Button>
  );
}

/** Pauses a job, or lets it go on. Nothing for keys that may not. */
export function PauseButton({ project, job: { id, state }, isSmall = false, onError }: { readonly project: string; readonly job: Pick<JobListItem, "id" | "state">; readonly isSmall?: boolean; readonly onError: (error: unknown) => void }): ReactElement | null {
  const setState = useSetJobState(project);
  const may = useMay("manage");
  if (!may) return null;
  const isPaused = state === "PAUSED";
  return (
    <Button size={isSmall ? "compact-sm" : "sm"} variant="default" aria-label={`${isPaused ? "Resume" : "Pause"} ${id}`} leftSection={isPaused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />} loading={setState.isPending} onClick={() => setState.mutate({ id, action: isPaused ? "resume" : "pause" }, { onError })}>
      {isPaused ? "Resume" : "Pause"}
    </Button>
  );
}

/** Deletes a job after its name was typed. */
export function DeleteJobButton({ project, id }: { readonly project: string; readonly id: string }): ReactElement {
  const remove = useDeleteJob(project);
  const navigate = useNavigate();
  const confirm = async (): Promise<void> => {
    await remove.mutateAsync(id);
    await navigate({ to: "/projects/$project/jobs", params: { project }, search: {} });
  };
  return (
    <ConfirmButton label="Delete" icon={<IconTrash size={16} aria-hidden />} title={`Delete the job "${id}"?`} confirmLabel="Delete the job" typeName={id} onConfirm={confirm}>
      Its schedule ends, a job run that goes on is terminated, and the job runs are gone. The runs themselves stay in the list of runs.
    </ConfirmButton>
  );
}

/** Ends a job run after a question. */
export function TerminateButton({ project, id, jobRunId, isSmall = false }: { readonly project: string; readonly id: string; readonly jobRunId: string; readonly isSmall?: boolean }): ReactElement {
  const terminate = useTerminateJobRun(project);
  return (
    <ConfirmButton label="Terminate" buttonProps={{ size: isSmall ? "compact-sm" : "sm", "aria-label": `Terminate job run ${jobRunId.slice(-8)}` }} title="Terminate this job run?" confirmLabel="Terminate" onConfirm={() => terminate.mutateAsync({ id, jobRunId })}>
      Its runs that wait or go on are canceled. What has completed stays.
    </ConfirmButton>
  );
}
