import { Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconRefresh, IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, type ReactElement } from "react";
import { hasEnded, runPromptsQuery, runQuery, useCancelRun, useRetryRun } from "../../api/runs.ts";
import type { LogEvent, RunDetails } from "../../api/types.ts";
import { useRunEvents } from "../../api/use-run-events.ts";
import { AppLink, AppLinkButton } from "../../ui/AppLink.tsx";
import { ErrorBox, ErrorFacts } from "../../ui/ErrorBox.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Duration } from "../../ui/Time.tsx";
import { PromptPanel } from "../runs/PromptPanel.tsx";
import { operationLabel } from "./words.ts";

/** An operation on an auth session: live while it goes on, with its questions; afterwards what became of it. */
export function OperationPanel({ project, operationId, onOther }: { readonly project: string; readonly operationId: string; /** Told of an operation that was begun instead; null: this one is looked at no more. */ readonly onOther: (operationId: string | null) => void }): ReactElement | null {
  const { data: run, error, refetch } = useQuery(runQuery(project, operationId));
  const client = useQueryClient();
  const isOver = run !== undefined && hasEnded(run.status);
  const wasLive = useRef(false);
  useEffect(() => {
    if (run === undefined) return;
    if (!isOver) wasLive.current = true;
    else if (wasLive.current) {
      wasLive.current = false;
      void client.invalidateQueries({ queryKey: ["project", project] });
    }
  }, [run, isOver, client, project]);
  if (error !== null && run === undefined) return <ErrorBox error={error} title="The operation cannot be shown" onRetry={() => void refetch()} />;
  if (run === undefined) return null;
  return (
    <Stack component="section" aria-label={`Operation: ${operationLabel(run.kind)}`} className="lk-card" p="md" gap="sm" data-status={run.status}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm" role="status">
          {!isOver && run.status !== "awaiting-input" && <Loader size={16} aria-hidden />}
          <Title order={2}>{operationLabel(run.kind)}</Title>
          <StatusBadge status={run.status} {...(run.status === "completed" && { label: "Done" })} />
          <Text component="span" size="sm" c="dimmed">
            <Duration ms={run.durationMs} since={isOver ? undefined : run.startedAt} />
          </Text>
        </Group>
        <Group gap="xs">
          <AppLink to="/projects/$project/runs/$runId" params={{ project, runId: run.runId }} search={{}} size="sm">
            All details
          </AppLink>
          {isOver && (
            <Button size="compact-sm" variant="default" onClick={() => onOther(null)}>
              Close
            </Button>
          )}
        </Group>
      </Group>
      {isOver ? <Outcome project={project} run={run} onOther={onOther} /> : <Progress project={project} run={run} />}
    </Stack>
  );
}

const PHASES: Readonly<Record<string, string>> = { browser: "Starts a browser", restore: "Restores the login", check: "Checks the login", verify: "Checks the login in another browser context", create: "Logs in", capture: "Keeps the login", save: "Keeps the login", record: "A person logs in" };

function Progress({ project, run }: { readonly project: string; readonly run: RunDetails }): ReactElement {
  const { events } = useRunEvents(project, run.runId);
  const { data: prompts = [] } = useQuery(runPromptsQuery(project, run.runId, true));
  const cancel = useCancelRun(project, run.runId);
  const phase = events.findLast((event) => event.type === "phase-started");
  const attempt = events.findLast((event) => event.type === "attempt-started");
  const log = events.findLast((event): event is LogEvent => event.type === "log" && event.source === "author");
  return (
    <Stack gap="sm">
      {prompts
        .filter(({ status }) => status === "open")
        .map((prompt) => (
          <PromptPanel key={prompt.id} project={project} prompt={prompt} autoFocus />
        ))}
      <Text size="sm" c="dimmed">
        {run.status === "pending" ? "Waits for a free slot." : run.status === "awaiting-input" ? "It goes on as soon as the question is answered." : `${PHASES[phase?.phase ?? ""] ?? phase?.phase ?? "Begins"}${attempt !== undefined && attempt.attempt > 1 ? ` (attempt ${attempt.attempt} of ${attempt.of})` : ""} …`}
        {log !== undefined && (
          <Text component="span" display="block" size="xs" className="lk-mono" style={{ overflowWrap: "anywhere" }}>
            {log.message}
          </Text>
        )}
      </Text>
      {cancel.error !== null && <ErrorBox error={cancel.error} />}
      <Group gap="xs">
        {run.kind === "auth-record" && (
          <AppLinkButton to="/projects/$project/auth-sessions/record/$runId" params={{ project, runId: run.runId }} size="sm">
            Open the recording
          </AppLinkButton>
        )}
        <Button size="sm" variant="default" leftSection={<IconX size={15} aria-hidden />} loading={cancel.isPending || run.cancelRequestedAt !== undefined} onClick={() => cancel.mutate()}>
          Cancel
        </Button>
      </Group>
    </Stack>
  );
}

const DONE: Readonly<Record<string, string>> = { "auth-create": "Logged in, checked and kept.", "auth-update": "The new login holds, and is kept.", "auth-validate": "The login holds.", "auth-record": "The login was checked and kept.", "auth-import": "The login was checked and kept." };

function Outcome({ project, run, onOther }: { readonly project: string; readonly run: RunDetails; readonly onOther: (operationId: string | null) => void }): ReactElement {
  const retry = useRetryRun(project, run.runId);
  const { code, hint } = run.error?.details ?? {};
  // The same credentials once more would only bring the account nearer to being locked.
  const mayRetry = run.kind !== "auth-record" && code !== "INVALID_CREDENTIALS";
  const shot = run.attempts.at(-1)?.failure;
  return (
    <Stack gap="sm">
      {run.status === "completed" && <Text size="sm">{DONE[run.kind] ?? "Done."}</Text>}
      {run.status === "canceled" && <Text size="sm">It was canceled. Nothing was changed.</Text>}
      {run.error !== undefined && (
        <ErrorFacts message={run.error.message} hint={typeof hint === "string" ? hint : ""} code={typeof code === "string" ? code : run.error.category}>
          {shot !== undefined && /^https?:/.test(shot.url) && (
            <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              It happened at “{shot.title}”, {shot.url}.{" "}
              {shot.screenshot !== null && (
                <AppLink to="/projects/$project/runs/$runId" params={{ project, runId: run.runId }} search={{}} size="xs" underline="always">
                  See the picture
                </AppLink>
              )}
            </Text>
          )}
        </ErrorFacts>
      )}
      {retry.error !== null && <ErrorBox error={retry.error} />}
      {run.status !== "completed" && mayRetry && (
        <div>
          <Button size="sm" variant="default" leftSection={<IconRefresh size={15} aria-hidden />} loading={retry.isPending} onClick={() => retry.mutate(undefined, { onSuccess: ({ runId }) => onOther(runId) })}>
            Try again
          </Button>
        </div>
      )}
    </Stack>
  );
}
