import { Button, Group, Modal, Switch, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { sessionQuery } from "../../api/session.ts";
import { keysQuery, useRevokeKey, type ApiKey } from "../../api/workspace.ts";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { RelativeTime } from "../../ui/Time.tsx";
import { NewKey } from "./NewKey.tsx";

const COLUMNS: readonly Column<ApiKey>[] = [
  {
    title: "Name",
    isMain: true,
    cell: (key) => (
      <Group gap={8} style={{ display: "inline-flex" }}>
        <Text component="span" size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {key.name}
        </Text>
        {stateOf(key) !== null && <StatusBadge status={stateOf(key) ?? ""} />}
      </Group>
    ),
  },
  { title: "Ends with", cell: ({ hint }) => <span className="lk-mono">…{hint}</span> },
  { title: "Scope", cell: ({ scope }) => scope },
  { title: "Project", cell: ({ project }) => project ?? "All" },
  { title: "Made", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  { title: "Last used", cell: ({ lastUsedAt }) => (lastUsedAt === null ? "Never" : <RelativeTime at={lastUsedAt} />) },
  { title: "Expires", cell: ({ expiresAt }) => (expiresAt === null ? "Never" : <RelativeTime at={expiresAt} />) },
];

/** API keys of the workspace. */
export function KeysPage(): ReactElement {
  const { new: opened, show } = useSearch({ from: "/inside/keys" });
  const navigate = useNavigate({ from: "/keys" });
  const { data, error, refetch } = useQuery(keysQuery);
  const { data: session } = useQuery(sessionQuery);
  const revoke = useRevokeKey();
  const isAll = show === "all";
  const valid = (data ?? []).filter((key) => stateOf(key) === null);
  const shown = isAll ? (data ?? []) : valid;
  const close = (): void => void navigate({ search: isAll ? { show: "all" } : {}, replace: true });
  return (
    <>
      <PageTitle
        title="Keys"
        description="What lets programs and people in. Each has a scope, and can be bound to one project."
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => void navigate({ search: { new: "key", ...(isAll && { show: "all" }) } })}>
            New key
          </Button>
        }
      />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsLoading />}
      {data !== undefined && data.length > valid.length && <Switch mb="sm" label="Show revoked and expired keys" checked={isAll} onChange={({ currentTarget }) => void navigate({ search: currentTarget.checked ? { show: "all" } : {}, replace: true })} />}
      {shown.length > 0 && (
        <DataTable
          label="API keys"
          columns={COLUMNS}
          rows={shown}
          rowKey={({ id }) => id}
          actions={(key) =>
            key.revokedAt === null && (
              <ConfirmButton label="Revoke" buttonProps={{ size: "compact-sm", "aria-label": `Revoke ${key.name}` }} title={`Revoke the key "${key.name}"?`} confirmLabel="Revoke" typeName={key.name} onConfirm={() => revoke.mutateAsync(key.id)}>
                Whatever uses the key that ends with <span className="lk-mono">…{key.hint}</span> is refused from this moment on, and whoever signed in with it is signed out. It cannot be undone.
                {session?.name === key.name && " You may be signed in with it yourself."}
              </ConfirmButton>
            )
          }
        />
      )}
      <Modal opened={opened === "key"} onClose={close} title="New key" size="lg" closeOnClickOutside={false} closeButtonProps={{ "aria-label": "Close" }}>
        <NewKey onClose={close} />
      </Modal>
    </>
  );
}

function stateOf({ revokedAt, expiresAt }: ApiKey): "revoked" | "expired" | null {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? "expired" : null;
}
