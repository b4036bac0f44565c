import { Button, Center, Pill, SegmentedControl, Stack } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { deliveriesQuery, DELIVERY_STATUSES, type DeliveryFacts } from "../../api/deliveries.ts";
import { useMay } from "../../api/session.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { RelativeTime } from "../../ui/Time.tsx";
import { DeliveryBadge, ReplayButton } from "./DeliveryActions.tsx";
import { SigningSecretPanel } from "./SigningSecretPanel.tsx";

const ROUTE = "/inside/projects/$project/deliveries";
const FILTERS = [
  { value: "", label: "All" },
  { value: "pending", label: "Being tried" },
  { value: "failed", label: "Given up" },
  { value: "delivered", label: "Delivered" },
];

/** Results on their way to sinks, newest first. */
export function DeliveriesPage(): ReactElement {
  const { project } = useParams({ from: ROUTE });
  const { status: asked, runId, jobRunId } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/projects/$project/deliveries" });
  const status = DELIVERY_STATUSES.find((one) => one === asked);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(deliveriesQuery(project, { status, runId, jobRunId }));
  const mayReplay = useMay("manage");
  const isAdmin = useMay("admin");
  const [problem, setProblem] = useState<unknown>(null);
  const rows = data?.pages.flatMap(({ deliveries }) => deliveries);
  const isFiltered = status !== undefined || runId !== undefined || jobRunId !== undefined;
  const change = (part: Record<string, string | undefined>): void => void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  return (
    <>
      <PageTitle title="Deliveries" document={`Deliveries of ${project}`} description="Results on their way to sinks: each is sent at least once." />
      <Stack gap="md">
        <div role="search" aria-label="Filter deliveries" style={{ display: "flex", gap: 8, flexWrap: "wrap", alignItems: "center" }}>
          <SegmentedControl aria-label="Status" size="xs" data={FILTERS} value={status ?? ""} onChange={(next) => change({ status: next === "" ? undefined : next })} />
          {runId !== undefined && <Pill withRemoveButton onRemove={() => change({ runId: undefined })} removeButtonProps={{ "aria-label": "Remove the filter by run" }}>{`Run …${runId.slice(-8)}`}</Pill>}
          {jobRunId !== undefined && <Pill withRemoveButton onRemove={() => change({ jobRunId: undefined })} removeButtonProps={{ "aria-label": "Remove the filter by job run" }}>{`Job run …${jobRunId.slice(-8)}`}</Pill>}
        </div>
        {problem !== null && <ErrorBox error={problem} />}
        {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {rows === undefined && error === null && <RowsLoading />}
        {rows?.length === 0 &&
          (isFiltered ? (
            <EmptyState icon={IconSend} title="No delivery fits the filter" action={<Button variant="default" onClick={() => void navigate({ search: {} })}>Remove the filter</Button>} />
          ) : (
            <EmptyState icon={IconSend} title="Nothing was delivered yet" command={"latchkey deliveries list --status failed"}>
              Give a job, a queue or a run a sink, such as <code>{'{"type": "webhook", "url": "https://example.com/results"}'}</code>. Each result that goes there appears here, with its tries.
            </EmptyState>
          ))}
        {rows !== undefined && rows.length > 0 && <DataTable<DeliveryFacts> label="Deliveries" columns={columnsOf(project)} rows={rows} rowKey={({ id }) => id} {...(mayReplay && { actions: (delivery) => <ReplayButton project={project} delivery={delivery} isSmall onError={setProblem} /> })} />}
        {hasNextPage && (
          <Center>
            <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Older deliveries
            </Button>
          </Center>
        )}
        {isAdmin && <SigningSecretPanel project={project} />}
      </Stack>
    </>
  );
}

function columnsOf(project: string): readonly Column<DeliveryFacts>[] {
  return [
    {
      title: "Delivery",
      isMain: true,
      cell: ({ id }) => (
        <AppLink to="/projects/$project/deliveries/$deliveryId" params={{ project, deliveryId: id }} fw={600} fz="sm">
          …{id.slice(-8)}
        </AppLink>
      ),
    },
    { title: "Made", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { title: "Status", cell: ({ status }) => <DeliveryBadge status={status} /> },
    { title: "Goes to", cell: ({ target }) => <span style={{ overflowWrap: "anywhere" }}>{target}</span> },
    { title: "Attempts", align: "right", cell: ({ attempts }) => <span className="lk-tabular">{attempts}</span> },
    { title: "Last error", isExtra: true, cell: ({ lastError = "–" }) => <span>{lastError}</span> },
    { title: "Given up", cell: ({ status, givesUpAt }) => (status === "pending" ? <RelativeTime at={givesUpAt} /> : "–") },
  ];
}
