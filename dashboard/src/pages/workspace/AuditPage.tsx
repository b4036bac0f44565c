import { Button, Group, Text, TextInput } from "@mantine/core";
import { IconClipboardList, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { auditQuery, type AuditEntry } from "../../api/workspace.ts";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { RelativeTime } from "../../ui/Time.tsx";

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: "What", isMain: true, width: "13rem", cell: ({ action }) => <span className="lk-mono">{action}</span> },
  { title: "When", width: "8rem", cell: ({ at }) => <RelativeTime at={at} /> },
  { title: "By key", width: "9rem", cell: ({ actor }) => actor },
  { title: "On", cell: ({ subject }) => subject.replace(/\/$/, "") },
  {
    title: "Details",
    cell: ({ details }) => (
      <Text component="span" size="xs" c="dimmed" className="lk-mono">
        {detailsText(details)}
      </Text>
    ),
  },
];

/** Who changed or revealed what, newest first. */
export function AuditPage(): ReactElement {
  const { q = "" } = useSearch({ from: "/inside/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(auditQuery);
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  const words = q.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const shown = entries.filter((entry) => words.every((word) => textOf(entry).includes(word)));
  return (
    <>
      <PageTitle title="Audit log" description="Who changed or revealed what, newest first. Nothing can be taken out of it." actions={<TextInput data-filter aria-label="Filter the audit log" placeholder="Filter: key, action, subject" leftSection={<IconSearch size={16} aria-hidden />} value={q} onChange={({ currentTarget }) => void navigate({ search: currentTarget.value === "" ? {} : { q: currentTarget.value }, replace: true })} w={260} />} />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsLoading rows={8} />}
      {data !== undefined && entries.length === 0 && (
        <EmptyState icon={IconClipboardList} title="Nothing yet">
          Deployments, keys, environment variables, auth sessions and answers to questions are noted here.
        </EmptyState>
      )}
      {shown.length > 0 && <DataTable label="Audit log" columns={COLUMNS} rows={shown} rowKey={({ id }) => id} />}
      {entries.length > 0 && (
        <Group justify="space-between" mt="sm">
          <Text size="sm" c="dimmed" role="status">
            {words.length > 0 ? `${shown.length} of the ${entries.length} entries that are loaded` : `${entries.length} ${entries.length === 1 ? "entry" : "entries"}`}
            {hasNextPage ? "; there are older ones." : "."}
          </Text>
          {hasNextPage && (
            <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Load older entries
            </Button>
          )}
        </Group>
      )}
    </>
  );
}

function detailsText(details: AuditEntry["details"]): string {
  return Object.entries(details)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

function textOf({ action, actor, subject, details }: AuditEntry): string {
  return `${action} ${actor} ${subject} ${detailsText(details)}`.toLowerCase();
}
