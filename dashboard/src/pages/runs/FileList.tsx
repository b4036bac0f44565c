import { Anchor, Button, Checkbox, Group } from "@mantine/core";
import { IconDownload, IconFiles } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { artifactPath } from "../../api/runs.ts";
import type { Artifact } from "../../api/types.ts";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { formatBytes } from "../../ui/Time.tsx";

/** Files that a run left, to download; those of its traces only when asked for. */
export function FileList({ project, runId, files, isLive }: { readonly project: string; readonly runId: string; readonly files: readonly Artifact[] | undefined; readonly isLive: boolean }): ReactElement {
  const [hasTraces, setHasTraces] = useState(false);
  if (files === undefined) return <RowsLoading rows={3} />;
  const isOfTrace = ({ name }: Artifact): boolean => /(?:^|\/)trace\//.test(name);
  const shown = files.filter((file) => hasTraces || !isOfTrace(file) || file.name.endsWith(".har"));
  if (files.length === 0)
    return (
      <EmptyState icon={IconFiles} title={isLive ? "No file yet" : "The run left no file"}>
        Files come from <code>saveFile()</code>, from downloads of the page, from traces, and from failures.
      </EmptyState>
    );
  const hrefOf = (name: string): string => artifactPath(project, runId, name);
  const columns: readonly Column<Artifact>[] = [
    {
      title: "File",
      isMain: true,
      cell: ({ name }) => (
        <Anchor href={hrefOf(name)} download underline="hover" ff="monospace" fz="sm">
          {name}
        </Anchor>
      ),
    },
    { title: "Size", align: "right", cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
  ];
  return (
    <>
      {files.some(isOfTrace) && (
        <Group mb="xs">
          <Checkbox label="Show all files of the traces" checked={hasTraces} onChange={({ currentTarget }) => setHasTraces(currentTarget.checked)} />
        </Group>
      )}
      <DataTable
        label="Files"
        columns={columns}
        rows={shown}
        rowKey={({ name }) => name}
        actions={({ name }) => (
          <Button component="a" href={hrefOf(name)} download size="compact-sm" variant="default" leftSection={<IconDownload size={14} aria-hidden />} aria-label={`Download ${name}`}>
            Download
          </Button>
        )}
      />
    </>
  );
}
