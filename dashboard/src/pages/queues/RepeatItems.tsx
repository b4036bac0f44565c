import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconRepeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { repeatItemsQuery, useAddRepeatItem, useDeleteRepeatItem, type RepeatItem } from "../../api/queues.ts";
import { useMay } from "../../api/session.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { definitionErrorsOf, errorsBelow } from "../../ui/definition/definition-errors.ts";
import { PayloadFields, type ApiCall } from "../../ui/definition/PayloadFields.tsx";
import { durationMs, durationWords } from "../../ui/duration.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { RelativeTime } from "../../ui/Time.tsx";

const MINIMUM_MS = 600_000;

/** Items that are appended again and again. */
export function RepeatItems({ project, queueId }: { readonly project: string; readonly queueId: string }): ReactElement {
  const { data, error, refetch } = useQuery(repeatItemsQuery(project, queueId));
  const mayManage = useMay("manage");
  const [isOpen, setOpen] = useState(false);
  const add = (
    <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen(true)}>
      Add a repeat item
    </Button>
  );
  return (
    <Stack gap="md">
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsLoading rows={2} />}
      {data?.length === 0 && (
        <EmptyState icon={IconRepeat} title="No repeat item" action={mayManage && add}>
          A repeat item is appended now, and then again and again. One that still waits is not appended a second time.
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && (
        <>
          {mayManage && <div>{add}</div>}
          <DataTable<RepeatItem> label="Repeat items" columns={columnsOf(project)} rows={data} rowKey={({ id }) => id} {...(mayManage && { actions: (item) => <DeleteButton project={project} queueId={queueId} item={item} /> })} />
        </>
      )}
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="New repeat item" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
        <AddForm project={project} queueId={queueId} onClose={() => setOpen(false)} />
      </Modal>
    </Stack>
  );
}

function columnsOf(project: string): readonly Column<RepeatItem>[] {
  return [
    { title: "Item", isMain: true, cell: ({ apiName }) => <span className="lk-mono">{apiName}</span> },
    { title: "Parameters", isExtra: true, cell: ({ parameters }) => <span className="lk-mono">{JSON.stringify(parameters ?? {})}</span> },
    { title: "Every", cell: ({ repeat }) => durationWords(repeat) },
    { title: "Next", cell: ({ nextAt }) => <RelativeTime at={nextAt} /> },
    {
      title: "Last run",
      cell: ({ lastRunId }) =>
        lastRunId === undefined ? (
          "–"
        ) : (
          <AppLink to="/projects/$project/runs/$runId" params={{ project, runId: lastRunId }} search={{}}>
            …{lastRunId.slice(-8)}
          </AppLink>
        ),
    },
  ];
}

function DeleteButton({ project, queueId, item: { id, apiName } }: { readonly project: string; readonly queueId: string; readonly item: RepeatItem }): ReactElement {
  const remove = useDeleteRepeatItem(project, queueId);
  return (
    <ConfirmButton label="Delete" buttonProps={{ size: "compact-sm", "aria-label": `Delete the repeat item ${apiName}` }} title="Delete this repeat item?" confirmLabel="Delete" onConfirm={() => remove.mutateAsync(id)}>
      It is appended no more. Items that it appended stay.
    </ConfirmButton>
  );
}

function AddForm({ project, queueId, onClose }: { readonly project: string; readonly queueId: string; readonly onClose: () => void }): ReactElement {
  const [item, setItem] = useState<ApiCall>({ apiName: "", parameters: {} });
  const [repeat, setRepeat] = useState("1h");
  const [isInvalid, setInvalid] = useState(false);
  const add = useAddRepeatItem(project, queueId);
  const ms = durationMs(repeat);
  const problem = ms === null || ms < MINIMUM_MS ? "Ten minutes or more, such as 10m, 1h or 1d" : undefined;
  return (
    <form
      aria-label="New repeat item"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined && !isInvalid && item.apiName !== "") add.mutate({ ...item, repeat }, { onSuccess: onClose });
      }}
    >
      <Stack gap="md">
        <PayloadFields project={project} value={item} onChange={setItem} onInvalid={setInvalid} errors={errorsBelow(definitionErrorsOf(add.error, "authSession"), "payload.0")} label="Parameters of the repeat item" />
        <TextInput label="Every" description="Such as 10m, 1h or 1d" value={repeat} onChange={({ currentTarget }) => setRepeat(currentTarget.value)} error={problem} maw={240} autoComplete="off" />
        {add.error !== null && <ErrorBox error={add.error} title="It was not added" />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={add.isPending} disabled={problem !== undefined || isInvalid || item.apiName === ""}>
            Add repeat item
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
