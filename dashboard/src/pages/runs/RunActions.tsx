import { Button, Text } from "@mantine/core";
import { IconAdjustments, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { hasEnded, useCancelRun, useRetryRun } from "../../api/runs.ts";
import { toShownError } from "../../ui/ErrorBox.tsx";
import type { RunDetails } from "../../api/types.ts";
import { AppLinkButton } from "../../ui/AppLink.tsx";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";

/** What can be done with a run. */
export function RunActions({ project, run: { runId, status, kind, api, cancelRequestedAt } }: { readonly project: string; readonly run: RunDetails }): ReactElement {
  const cancel = useCancelRun(project, runId);
  const retry = useRetryRun(project, runId);
  const navigate = useNavigate();
  if (!hasEnded(status))
    return cancelRequestedAt === undefined ? (
      <ConfirmButton label="Cancel" icon={<IconPlayerStop size={16} aria-hidden />} title="Cancel this run?" confirmLabel="Cancel the run" onConfirm={() => cancel.mutateAsync()}>
        Its attempt is stopped where it is. What it did on the site so far stays done.
      </ConfirmButton>
    ) : (
      <Text size="sm" c="dimmed" role="status">
        It is being canceled …
      </Text>
    );
  return (
    <>
      {retry.error !== null && (
        <Text size="sm" role="alert" c="var(--mantine-color-error)">
          {toShownError(retry.error).message}
        </Text>
      )}
      {kind === "api" && api !== undefined && (
        <AppLinkButton to="/projects/$project/apis/$" params={{ project, _splat: api }} search={{ from: runId }} variant="default" leftSection={<IconAdjustments size={16} aria-hidden />}>
          Run with changes
        </AppLinkButton>
      )}
      <Button loading={retry.isPending} leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => retry.mutate(undefined, { onSuccess: (next) => void navigate({ to: "/projects/$project/runs/$runId", params: { project, runId: next.runId }, search: {} }) })}>
        Retry
      </Button>
    </>
  );
}
