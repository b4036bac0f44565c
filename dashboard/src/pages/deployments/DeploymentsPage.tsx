import { Anchor, Button, Modal, Text } from "@mantine/core";
import { IconPackages } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { deploymentsQuery, type Deployment } from "../../api/deployments.ts";
import { useMay } from "../../api/session.ts";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { formatBytes, RelativeTime } from "../../ui/Time.tsx";
import { ActivateForm } from "./ActivateForm.tsx";
import { DeploymentDetails } from "./DeploymentDetails.tsx";

const HASH_SHOWN = 10;

/** Deployments of a project: which is live, and going back to an older one. */
export function DeploymentsPage(): ReactElement {
  const { project } = useParams({ from: "/inside/projects/$project/deployments" });
  const { deployment: opened, activate } = useSearch({ from: "/inside/projects/$project/deployments" });
  const navigate = useNavigate({ from: "/projects/$project/deployments" });
  const { data, error, refetch } = useQuery(deploymentsQuery(project));
  const mayActivate = useMay("deploy");
  const live = data?.find((one) => one.live);
  const shown = data?.find(({ id }) => id === opened);
  const asked = data?.find(({ id, live: isLive }) => id === activate && !isLive);
  const isRollback = (one: Deployment): boolean => live !== undefined && one.createdAt < live.createdAt;
  const verbFor = (one: Deployment): string => (isRollback(one) ? "Roll back" : "Activate");
  const close = (): void => void navigate({ search: {}, replace: true });
  const columns: readonly Column<Deployment>[] = [
    {
      title: "Deployment",
      isMain: true,
      cell: ({ id, contentHash }) => (
        <Anchor component="button" type="button" fw={600} underline="hover" className="lk-mono" onClick={() => void navigate({ search: { deployment: id } })} aria-label={`Deployment ${shortHash(contentHash)}`}>
          {shortHash(contentHash)}
        </Anchor>
      ),
    },
    { title: "Status", cell: ({ live: isLive, activatedAt }) => (isLive ? <StatusBadge status="live" /> : <Text component="span" size="sm" c="dimmed">{activatedAt === null ? "Never live" : "Was live"}</Text>) },
    { title: "APIs", align: "right", cell: ({ apis }) => <span className="lk-tabular">{apis.length}</span> },
    { title: "Uploaded", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { title: "By key", cell: ({ createdBy }) => createdBy },
    { title: "Size", align: "right", isExtra: true, cell: ({ sizeBytes }) => <span className="lk-tabular">{formatBytes(sizeBytes)}</span> },
  ];
  return (
    <>
      <PageTitle title="Deployments" document={`Deployments of ${project}`} description="Bundles of the project's code, each as it was uploaded. One is live; going back to an older one takes a moment." />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsLoading />}
      {data?.length === 0 && (
        <EmptyState icon={IconPackages} title="Nothing is deployed yet" command={`npx latchkey deploy --server ${location.origin}`}>
          Run this in the project&apos;s folder. It builds, uploads, verifies and activates.
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && (
        <DataTable
          label="Deployments"
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          actions={(one) =>
            mayActivate &&
            !one.live && (
              <Button size="compact-sm" variant="default" aria-label={`${verbFor(one)} to ${shortHash(one.contentHash)}`} onClick={() => void navigate({ search: { activate: one.id } })}>
                {verbFor(one)}
              </Button>
            )
          }
        />
      )}
      <Modal opened={shown !== undefined} onClose={close} size="xl" title={shown === undefined ? "" : `Deployment ${shortHash(shown.contentHash)}${shown.live ? ", live" : ""}`} closeButtonProps={{ "aria-label": "Close" }}>
        {shown !== undefined && <DeploymentDetails project={project} deployment={shown} />}
      </Modal>
      <Modal opened={asked !== undefined} onClose={close} size="lg" title={asked === undefined ? "" : `${verbFor(asked)} to ${shortHash(asked.contentHash)}?`} closeButtonProps={{ "aria-label": "Close" }}>
        {asked !== undefined && <ActivateForm project={project} deployment={asked} live={live} isRollback={isRollback(asked)} onClose={close} />}
      </Modal>
    </>
  );
}

function shortHash(contentHash: string): string {
  return contentHash.replace(/^sha256[:-]/, "").slice(0, HASH_SHOWN);
}
