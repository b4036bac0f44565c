import { Group, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { hasEnded } from "../../api/runs.ts";
import type { RunSummary } from "../../api/types.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Duration, RelativeTime } from "../../ui/Time.tsx";

const KINDS: Readonly<Record<string, string>> = { "auth-create": "create", "auth-update": "update", "auth-validate": "validate", "auth-record": "record", "auth-import": "import" };

/** What a run executes, in words: an API's name, or what is done with which auth session. */
export function targetLabel({ kind, api, authSessionId, target }: RunSummary): string {
  if (kind === "api") return api ?? target;
  return `${KINDS[kind] ?? kind} ${authSessionId ?? ""}`;
}

/** Runs as a table. Each row leads to its run. */
export function RunTable({ project, runs, label, hasTarget = true, projectOf }: { readonly project: string; readonly runs: readonly RunSummary[]; readonly label: string; /** Whether to say what each executes. */ readonly hasTarget?: boolean; /** For runs of several projects. */ readonly projectOf?: (run: RunSummary) => string }): ReactElement {
  const ownerOf = (run: RunSummary): string => projectOf?.(run) ?? project;
  const columns: readonly Column<RunSummary>[] = [
    {
      title: "Run",
      isMain: true,
      cell: (run) => (
        <Group gap={8} wrap="nowrap">
          <AppLink to="/projects/$project/runs/$runId" params={{ project: ownerOf(run), runId: run.runId }} search={{}} fw={600} {...(!hasTarget && { ff: "monospace", fz: "xs" })}>
            {hasTarget ? targetLabel(run) : `…${run.runId.slice(-8)}`}
          </AppLink>
          {run.kind !== "api" && hasTarget && (
            <Text component="span" size="xs" c="dimmed">
              auth session
            </Text>
          )}
        </Group>
      ),
    },
    { title: "Status", cell: (run) => <StatusBadge status={run.held ? "held" : run.status} /> },
    ...(projectOf === undefined ? [] : [{ title: "Project", cell: projectOf }]),
    { title: "Error", isExtra: true, cell: ({ errorCode }) => (errorCode === undefined ? null : <span className="lk-mono">{errorCode}</span>) },
    { title: "Auth session", isExtra: true, cell: ({ kind, authSessionId }) => (kind === "api" ? authSessionId : null) },
    { title: "Asked", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { title: "Took", align: "right", cell: (run) => <RunDuration run={run} /> },
  ];
  return <DataTable label={label} columns={columns} rows={runs} rowKey={({ runId }) => runId} />;
}

/** From the first attempt to the end, or until now. */
export function RunDuration({ run: { startedAt, endedAt, status } }: { readonly run: Pick<RunSummary, "startedAt" | "endedAt" | "status"> }): ReactElement {
  if (startedAt === undefined) return <span>–</span>;
  if (hasEnded(status)) return <Duration ms={endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt)} />;
  return <Duration since={startedAt} />;
}
