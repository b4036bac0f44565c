import { Text } from "@mantine/core";
import { IconServer2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { workersQuery } from "../../api/attention.ts";
import type { Worker } from "../../api/types.ts";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { formatBytes, RelativeTime } from "../../ui/Time.tsx";
import classes from "./WorkersPage.module.css";

const FRESH_MS = 3_000;
const SQUARES = 32;
const ORDER: readonly Worker["state"][] = ["running", "draining", "lost"];

const COLUMNS: readonly Column<Worker>[] = [
  { title: "Worker", isMain: true, cell: ({ host, pid }) => <span className="lk-mono">{host} · {pid}</span> },
  { title: "State", cell: ({ state }) => <StatusBadge status={state} /> },
  { title: "Slots", cell: (worker) => <Slots worker={worker} /> },
  { title: "Memory", align: "right", cell: ({ memoryBytes, state }) => (state === "lost" ? "–" : <span className="lk-tabular">{formatBytes(memoryBytes)}</span>) },
  { title: "Version", isExtra: true, cell: ({ version }) => <span className="lk-mono">{version}</span> },
  { title: "Started", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  { title: "Seen", cell: ({ seenAt }) => <RelativeTime at={seenAt} /> },
];

/** Processes that run attempts, and their slots. */
export function WorkersPage(): ReactElement {
  const { data, error, refetch } = useQuery({ ...workersQuery, refetchInterval: FRESH_MS });
  const workers = (data ?? []).toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.host.localeCompare(b.host) || a.pid - b.pid);
  const alive = workers.filter(({ state }) => state === "running");
  const slots = alive.reduce((sum, worker) => sum + worker.slots, 0);
  const busy = alive.reduce((sum, worker) => sum + worker.busy, 0);
  const lost = workers.filter(({ state }) => state === "lost").length;
  return (
    <>
      <PageTitle title="Workers" description={data === undefined ? "Processes that run attempts, each in a slot of its own." : `${busy} of ${slots} ${slots === 1 ? "slot" : "slots"} busy. Each slot is room for one attempt, with a browser of its own.`} />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsLoading rows={3} />}
      {data !== undefined && alive.length === 0 && (
        <EmptyState icon={IconServer2} title="No worker runs" command="latchkey worker">
          Runs wait until there is one. A server starts its own unless it was told not to; more can run on other machines with the same database.
        </EmptyState>
      )}
      {workers.length > 0 && (
        <div style={alive.length === 0 ? { marginTop: "1rem" } : undefined}>
          <DataTable label="Workers" columns={COLUMNS} rows={workers} rowKey={({ id }) => id} />
        </div>
      )}
      {lost > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          A lost worker was not heard of for too long. Other workers take over the runs it had.
        </Text>
      )}
    </>
  );
}

function Slots({ worker: { slots, busy, state } }: { readonly worker: Worker }): ReactElement {
  if (state === "lost") return <span>–</span>;
  return (
    <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}>
      <span className={classes["slots"]} role="img" aria-label={`${busy} of ${slots} slots busy`}>
        {Array.from({ length: Math.min(slots, SQUARES) }, (_, index) => (
          <span key={index} className={classes["slot"]} data-busy={index < busy || undefined} />
        ))}
      </span>
      <span className="lk-tabular" aria-hidden>
        {busy}/{slots}
      </span>
    </span>
  );
}
