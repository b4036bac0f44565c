import { Alert, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconSlash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { livePath } from "../../api/recordings.ts";
import { hasEnded, runQuery, useCancelRun } from "../../api/runs.ts";
import type { RunDetails } from "../../api/types.ts";
import { LiveView } from "../../live/LiveView.tsx";
import { AppLink, AppLinkButton } from "../../ui/AppLink.tsx";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";
import { ErrorBox, ErrorFacts } from "../../ui/ErrorBox.tsx";
import { PageLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { MakeLink } from "./MakeLink.tsx";

/** A recording as it happens: the live view, a link for somebody else, and the outcome. */
export function RecordingPage(): ReactElement {
  const { project, runId } = useParams({ from: "/inside/projects/$project/auth-sessions/record/$runId" });
  const { data: run, error, refetch } = useQuery(runQuery(project, runId));
  const client = useQueryClient();
  const cancel = useCancelRun(project, runId);
  if (run === undefined) return error === null ? <PageLoading /> : <ErrorBox error={error} title="The recording cannot be shown" onRetry={() => void refetch()} />;
  const id = run.authSessionId ?? "";
  const isOver = hasEnded(run.status);
  return (
    <>
      <PageTitle
        title={`Recording of "${id}"`}
        document={`Recording of ${id}`}
        badge={<StatusBadge status={run.status} {...(run.status === "completed" && { label: "Kept" })} {...(run.status === "awaiting-input" && { label: "Waits for you" })} />}
        description={!isOver && "Log in as you would at home. Then say that you are logged in: the login is checked, and kept."}
        actions={
          run.status === "pending" && (
            <ConfirmButton label="Cancel" title="Cancel this recording?" confirmLabel="Cancel the recording" onConfirm={() => cancel.mutateAsync()}>
              No login is kept.
            </ConfirmButton>
          )
        }
      />
      <Stack gap="lg">
        {run.kind !== "auth-record" ? (
          <ErrorBox error={new Error("This run is no recording.")} />
        ) : isOver ? (
          <Outcome project={project} run={run} id={id} />
        ) : (
          <>
            <LiveView path={livePath(project, runId)} isRecording onEnded={() => void client.invalidateQueries({ queryKey: ["project", project] })} />
            <MakeLink project={project} operationId={runId} />
          </>
        )}
        <Text size="sm">
          <AppLink to="/projects/$project/auth-sessions" params={{ project }} search={{}}>
            All auth sessions
          </AppLink>
          {" · "}
          <AppLink to="/projects/$project/runs/$runId" params={{ project, runId }} search={{}}>
            All details of the recording
          </AppLink>
        </Text>
      </Stack>
    </>
  );
}

function Outcome({ project, run, id }: { readonly project: string; readonly run: RunDetails; readonly id: string }): ReactElement {
  const { code, hint } = run.error?.details ?? {};
  if (run.status === "completed")
    return (
      <Alert role="status" color="green" variant="outline" icon={<IconCircleCheck aria-hidden />} title="The login is kept" styles={SURFACE}>
        <Stack gap="sm" align="flex-start">
          <Text size="sm">It was checked in a fresh browser, and runs can use it by the id “{id}” from now on.</Text>
          <AppLinkButton to="/projects/$project/auth-sessions/$authSessionId" params={{ project, authSessionId: id }} search={{}} size="sm">
            Open the auth session
          </AppLinkButton>
        </Stack>
      </Alert>
    );
  return (
    <Stack gap="md" align="flex-start">
      {run.error !== undefined && run.status !== "canceled" ? (
        <ErrorFacts title="No login was kept" message={run.error.message} hint={typeof hint === "string" ? hint : ""} code={typeof code === "string" ? code : run.error.category} />
      ) : (
        <Alert role="status" color="gray" variant="outline" icon={<IconSlash aria-hidden />} title="The recording was canceled" styles={SURFACE}>
          <Text size="sm">No login was kept. An older one under this id, if there was any, is as it was.</Text>
        </Alert>
      )}
      <AppLinkButton to="/projects/$project/auth-sessions" params={{ project }} search={{ new: "record" }} size="sm">
        Record a login
      </AppLinkButton>
    </Stack>
  );
}

const SURFACE = { root: { background: "var(--lk-surface)", alignSelf: "stretch" }, title: { color: "var(--mantine-color-text)" } } as const;
