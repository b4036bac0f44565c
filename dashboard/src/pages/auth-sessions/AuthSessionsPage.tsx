import { Button, Group, Modal, Select, Text, TextInput } from "@mantine/core";
import { IconId, IconPlus, IconScreenShare, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { authSessionsQuery } from "../../api/attention.ts";
import { liveDeploymentQuery } from "../../api/projects.ts";
import { promptsQuery } from "../../api/runs.ts";
import { useMay } from "../../api/session.ts";
import type { AuthSession } from "../../api/types.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge, statusLabel } from "../../ui/StatusBadge.tsx";
import { RelativeTime } from "../../ui/Time.tsx";
import { CreateForm } from "./LoginForm.tsx";
import { RecordForm } from "./RecordForm.tsx";
import { loginTarget, statusOf, typeLabel } from "./words.ts";

const STATUSES = ["ready", "expired", "needs-attention", "PENDING"];
const FILTER_FROM = 6;

/** All auth sessions of a project. */
export function AuthSessionsPage(): ReactElement {
  const { project } = useParams({ from: "/inside/projects/$project/auth-sessions" });
  const { q = "", status = "", new: opened } = useSearch({ from: "/inside/projects/$project/auth-sessions" });
  const navigate = useNavigate({ from: "/projects/$project/auth-sessions" });
  const { data, error, refetch } = useQuery(authSessionsQuery(project));
  const { data: prompts = [] } = useQuery(promptsQuery(project));
  const { data: deployment } = useQuery(liveDeploymentQuery(project));
  const mayManage = useMay("manage");
  const mayCreate = mayManage && loginTarget(deployment) !== undefined;
  const search = (next: { readonly q?: string; readonly status?: string; readonly new?: string }): void => {
    void navigate({ search: { q, status, ...next }, replace: true });
  };
  const close = (): void => search({ new: "" });
  const shown = (data ?? []).filter((session) => session.id.toLowerCase().includes(q.toLowerCase()) && (status === "" || statusOf(session) === status));
  const asks = new Set(prompts.map(({ authSessionId }) => authSessionId));
  const columns: readonly Column<AuthSession>[] = [
    {
      title: "Auth session",
      isMain: true,
      cell: ({ id }) => (
        <AppLink to="/projects/$project/auth-sessions/$authSessionId" params={{ project, authSessionId: id }} search={{}} fw={600} size="sm">
          {id}
        </AppLink>
      ),
    },
    {
      title: "Status",
      cell: (session) => (
        <Group gap={6} justify="inherit" style={{ display: "inline-flex" }}>
          <StatusBadge status={statusOf(session)} />
          {asks.has(session.id) && <StatusBadge status="awaiting-input" />}
        </Group>
      ),
    },
    { title: "Login", cell: (session) => typeLabel(session) },
    { title: "Last check", cell: ({ details }) => <RelativeTime at={details?.lastCheckAt} /> },
    { title: "Last use", cell: ({ details }) => <RelativeTime at={details?.lastUsedAt} /> },
    { title: "Proxy", isExtra: true, cell: ({ details }) => <span className="lk-mono">{details?.proxy ?? "–"}</span> },
  ];
  const actions = (
    <>
      <Button variant={mayCreate ? "default" : "filled"} leftSection={<IconScreenShare size={16} aria-hidden />} onClick={() => search({ new: "record" })}>
        Record a login
      </Button>
      {mayCreate && (
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => search({ new: "create" })}>
          New auth session
        </Button>
      )}
    </>
  );
  return (
    <>
      <PageTitle title="Auth sessions" document={`Auth sessions of ${project}`} description="Logins that are kept. Each is one user at one service; runs name it by its id." actions={data !== undefined && data.length > 0 && actions} />
      {error !== null && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsLoading />}
      {data?.length === 0 && (
        <EmptyState icon={IconId} title="No auth session yet" command={`npx latchkey auth create sam @sam.json --server ${location.origin}`} action={<Group gap="xs" justify="center">{actions}</Group>}>
          An auth session keeps one user logged in. Give credentials, and the project&apos;s code logs in; or log in by hand, and the login is recorded.
        </EmptyState>
      )}
      {data !== undefined && (data.length >= FILTER_FROM || q !== "" || status !== "") && (
        <Group gap="xs" mb="sm">
          <TextInput data-filter aria-label="Filter auth sessions" placeholder="Filter by id" leftSection={<IconSearch size={16} aria-hidden />} value={q} onChange={({ currentTarget }) => search({ q: currentTarget.value })} />
          <Select aria-label="Status" placeholder="Any status" clearable data={STATUSES.map((one) => ({ value: one, label: statusLabel(one) }))} value={status === "" ? null : status} onChange={(next) => search({ status: next ?? "" })} w={180} />
        </Group>
      )}
      {shown.length > 0 && <DataTable label="Auth sessions" columns={columns} rows={shown} rowKey={({ id }) => id} />}
      {data !== undefined && data.length > 0 && shown.length === 0 && <Text c="dimmed">No auth session is like that.</Text>}
      <Modal opened={opened === "create"} onClose={close} title="New auth session" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
        <CreateForm project={project} onClose={close} onStarted={(operation, authSessionId) => void navigate({ to: "/projects/$project/auth-sessions/$authSessionId", params: { project, authSessionId }, search: { operation } })} />
      </Modal>
      <Modal opened={opened === "record"} onClose={close} title="Record a login" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
        <RecordForm project={project} onClose={close} onStarted={(runId) => void navigate({ to: "/projects/$project/auth-sessions/record/$runId", params: { project, runId } })} />
      </Modal>
    </>
  );
}
