import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { authSessionHistoryQuery, type HistoryEntry } from "../../api/auth-sessions.ts";
import { recentRunsQuery } from "../../api/runs.ts";
import type { RunSummary } from "../../api/types.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Duration, RelativeTime } from "../../ui/Time.tsx";
import { everyLabel, operationLabel } from "./words.ts";

const RUNS = 8;
const EVENTS: Readonly<Record<HistoryEntry["event"], readonly [label: string, status: string]>> = {
  created: ["Made", "ready"],
  "logged-in": ["Logged in", "ready"],
  checked: ["Check held", "ready"],
  "state-saved": ["Saved after use", "saved"],
  failed: ["Failed", "failed"],
  "needs-attention": ["Breaker opened", "needs-attention"],
  changed: ["Changed", "changed"],
  exported: ["Exported", "exported"],
  deleted: ["Deleted", "deleted"],
};

const COLUMNS: readonly Column<HistoryEntry>[] = [
  { title: "What", isMain: true, width: "11rem", cell: ({ event }) => <StatusBadge status={EVENTS[event][1]} label={EVENTS[event][0]} /> },
  { title: "When", width: "9rem", cell: ({ at }) => <RelativeTime at={at} /> },
  { title: "Details", cell: ({ details }) => <Details details={details} /> },
];

/** Logins, checks and failures of an auth session, and the runs that used it. */
export function History({ project, id }: { readonly project: string; readonly id: string }): ReactElement {
  const { data: history, error, refetch } = useQuery(authSessionHistoryQuery(project, id));
  const { data: recent } = useQuery(recentRunsQuery(project, { authSessionId: id }, RUNS));
  return (
    <>
      <Section title="History">
        {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {history?.length === 0 && <Nothing>Nothing has happened yet.</Nothing>}
        {history !== undefined && history.length > 0 && <DataTable label="History of the login" columns={COLUMNS} rows={history} rowKey={({ at, event }) => `${at}${event}`} />}
      </Section>
      <Section
        title="Runs"
        more={
          <AppLink to="/projects/$project/runs" params={{ project }} search={{ authSessionId: id }} size="sm">
            All runs with it
          </AppLink>
        }
      >
        {recent?.runs.length === 0 && <Nothing>No run has used it yet.</Nothing>}
        {recent !== undefined && recent.runs.length > 0 && <DataTable label="Runs with the login" columns={runColumns(project)} rows={recent.runs} rowKey={({ runId }) => runId} />}
      </Section>
    </>
  );
}

function runColumns(project: string): readonly Column<RunSummary>[] {
  return [
    {
      title: "Run",
      isMain: true,
      cell: ({ runId, kind, api }) => (
        <AppLink to="/projects/$project/runs/$runId" params={{ project, runId }} search={{}} size="sm">
          {kind === "api" ? (api ?? "Run") : operationLabel(kind)}
        </AppLink>
      ),
    },
    { title: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
    { title: "Began", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { title: "Took", cell: ({ startedAt, endedAt }) => <Duration {...(startedAt !== undefined && endedAt !== undefined ? { ms: Date.parse(endedAt) - Date.parse(startedAt) } : { since: startedAt })} /> },
  ];
}

function Details({ details }: { readonly details: HistoryEntry["details"] }): ReactElement {
  const { code, message, by, mode, checkEveryMs } = details;
  const parts = [
    typeof message === "string" ? message : undefined,
    typeof by === "string" ? `by ${by}` : undefined,
    mode === undefined ? undefined : `mode: ${typeof mode === "string" ? mode : "as the project says"}`,
    checkEveryMs === undefined ? undefined : `checked: ${typeof checkEveryMs === "number" ? everyLabel(checkEveryMs) : "as the project says"}`,
  ].filter((part) => part !== undefined);
  return (
    <Text component="span" size="sm" c="dimmed">
      {parts.join(" · ")}
      {typeof code === "string" && <span className="lk-mono"> {code}</span>}
    </Text>
  );
}

function Section({ title, more, children }: { readonly title: string; readonly more?: ReactNode; readonly children: ReactNode }): ReactElement {
  return (
    <section aria-label={title}>
      <div style={{ display: "flex", justifyContent: "space-between", alignItems: "baseline", marginBottom: "0.5rem" }}>
        <Title order={2}>{title}</Title>
        {more}
      </div>
      {children}
    </section>
  );
}

function Nothing({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
