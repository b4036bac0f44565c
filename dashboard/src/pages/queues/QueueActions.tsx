import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useDeleteQueue, useSetQueueState, type Queue } from "../../api/queues.ts";
import { useMay } from "../../api/session.ts";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";

/** Pauses a queue, or lets it go on. Nothing for keys that may not. */
export function PauseQueueButton({ project, queue: { id, state }, isSmall = false, onError }: { readonly project: string; readonly queue: Queue; readonly isSmall?: boolean; readonly onError: (error: unknown) => void }): ReactElement | null {
  const setState = useSetQueueState(project);
  if (!useMay("manage")) return null;
  const isPaused = state === "PAUSED";
  return (
    <Button size={isSmall ? "compact-sm" : "sm"} variant="default" aria-label={`${isPaused ? "Resume" : "Pause"} ${id}`} leftSection={isPaused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />} loading={setState.isPending} onClick={() => setState.mutate({ id, action: isPaused ? "resume" : "pause" }, { onError })}>
      {isPaused ? "Resume" : "Pause"}
    </Button>
  );
}

/** Deletes a queue after its name was typed. */
export function DeleteQueueButton({ project, id }: { readonly project: string; readonly id: string }): ReactElement {
  const remove = useDeleteQueue(project);
  const navigate = useNavigate();
  const confirm = async (): Promise<void> => {
    await remove.mutateAsync(id);
    await navigate({ to: "/projects/$project/queues", params: { project }, search: {} });
  };
  return (
    <ConfirmButton label="Delete" icon={<IconTrash size={16} aria-hidden />} title={`Delete the queue "${id}"?`} confirmLabel="Delete the queue" typeName={id} onConfirm={confirm}>
      Items that wait or go on are canceled, and its repeat items are gone. Runs that ended stay in the list of runs.
    </ConfirmButton>
  );
}
