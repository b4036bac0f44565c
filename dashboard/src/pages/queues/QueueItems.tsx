import { Button, Center, Group, Modal, NumberInput, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { itemsQuery, useCancelItem, useReprioritise, type QueueItem } from "../../api/queues.ts";
import { hasEnded } from "../../api/runs.ts";
import { RUN_STATUSES } from "../../api/types.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { RelativeTime } from "../../ui/Time.tsx";

const FILTERS = [
  { value: "", label: "All" },
  { value: "pending", label: "Waiting" },
  { value: "started", label: "Going on" },
  { value: "completed", label: "Completed" },
  { value: "failed", label: "Failed" },
];

/** Items of a queue, newest first: those that wait, go on, and have ended. */
export function QueueItems({ project, queueId }: { readonly project: string; readonly queueId: string }): ReactElement {
  const { status: asked = "" } = useSearch({ from: "/inside/projects/$project/queues/$queueId" });
  const navigate = useNavigate({ from: "/projects/$project/queues/$queueId" });
  const status = RUN_STATUSES.find((one) => one === asked);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(itemsQuery(project, queueId, status));
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <Stack gap="md">
      <SegmentedControl aria-label="Which items" data={FILTERS} value={status ?? ""} onChange={(next) => void navigate({ search: next === "" ? {} : { status: next }, replace: true })} style={{ alignSelf: "flex-start", maxWidth: "100%", overflowX: "auto" }} size="xs" />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {items === undefined && error === null && <RowsLoading />}
      {items?.length === 0 &&
        (status === undefined ? (
          <EmptyState icon={IconStack2} title="No item yet" command={`latchkey queues append ${queueId} hello '{}'`}>
            An item is an API with parameters. It becomes a run when its turn comes.
          </EmptyState>
        ) : (
          <Text c="dimmed">No such item.</Text>
        ))}
      {items !== undefined && items.length > 0 && <DataTable label="Items" columns={columnsOf(project)} rows={items} rowKey={({ runId }) => runId} actions={(item) => <ItemActions project={project} queueId={queueId} item={item} />} />}
      {hasNextPage && (
        <Center>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Older items
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function columnsOf(project: string): readonly Column<QueueItem>[] {
  return [
    {
      title: "Item",
      isMain: true,
      cell: ({ runId, apiName }) => (
        <AppLink to="/projects/$project/runs/$runId" params={{ project, runId }} search={{}} fw={600} ff="monospace" fz="sm">
          {apiName}
        </AppLink>
      ),
    },
    { title: "Status", cell: ({ status }) => <StatusBadge status={status === "queued" ? "held" : status} /> },
    {
      title: "Parameters",
      isExtra: true,
      cell: ({ parameters }) => (
        <div className="lk-mono lk-clip" style={{ maxWidth: "18rem" }} title={JSON.stringify(parameters)}>
          {JSON.stringify(parameters)}
        </div>
      ),
    },
    { title: "Priority", align: "right", cell: ({ priority }) => <span className="lk-tabular">{priority}</span> },
    { title: "Appended", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  ];
}

function ItemActions({ project, queueId, item: { runId, status, apiName, priority } }: { readonly project: string; readonly queueId: string; readonly item: QueueItem }): ReactElement | null {
  const cancel = useCancelItem(project, queueId);
  const [isOpen, setOpen] = useState(false);
  if (status !== "queued" && hasEnded(status)) return null;
  const name = `${apiName} …${runId.slice(-8)}`;
  return (
    <span style={{ display: "inline-flex", gap: 6 }}>
      {status === "queued" && (
        <Button size="compact-sm" variant="default" aria-label={`Change the priority of ${name}`} onClick={() => setOpen(true)}>
          Priority
        </Button>
      )}
      <ConfirmButton label="Cancel" buttonProps={{ size: "compact-sm", "aria-label": `Cancel ${name}` }} title="Cancel this item?" confirmLabel="Cancel the item" onConfirm={() => cancel.mutateAsync(runId)}>
        {status === "queued" ? "It will not run." : "Its run is stopped."}
      </ConfirmButton>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Priority of the item" centered closeButtonProps={{ "aria-label": "Close" }}>
        <PriorityForm project={project} queueId={queueId} runId={runId} priority={priority} onClose={() => setOpen(false)} />
      </Modal>
    </span>
  );
}

function PriorityForm({ project, queueId, runId, priority, onClose }: { readonly project: string; readonly queueId: string; readonly runId: string; readonly priority: number; readonly onClose: () => void }): ReactElement {
  const [value, setValue] = useState<number | null>(priority);
  const change = useReprioritise(project, queueId);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== null) change.mutate({ runId, priority: value }, { onSuccess: onClose });
      }}
    >
      <Stack>
        <NumberInput data-autofocus label="Priority" description="Higher ones go first; -1000 to 1000." min={-1_000} max={1_000} allowDecimal={false} value={value ?? ""} onChange={(next) => setValue(typeof next === "number" ? next : null)} />
        {change.error !== null && <ErrorBox error={change.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={change.isPending} disabled={value === null}>
            Set priority
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
