import { Group, Text, TextInput } from "@mantine/core";
import { IconCode, IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { liveDeploymentQuery } from "../../api/projects.ts";
import { ApiError } from "../../api/request.ts";
import type { DeploymentTarget } from "../../api/types.ts";
import { AppLink, AppLinkButton } from "../../ui/AppLink.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { resolve } from "../../ui/schema/resolve.ts";

/** The APIs of a project's live deployment. */
export function ApisPage(): ReactElement {
  const { project } = useParams({ from: "/inside/projects/$project/apis/" });
  const { q = "" } = useSearch({ from: "/inside/projects/$project/apis/" });
  const navigate = useNavigate({ from: "/projects/$project/apis/" });
  const { data, error, refetch } = useQuery(liveDeploymentQuery(project));
  const apis = apisOf(data?.targets ?? []);
  const shown = apis.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
  const columns: readonly Column<DeploymentTarget>[] = [
    {
      title: "API",
      isMain: true,
      cell: ({ name }) => (
        <AppLink to="/projects/$project/apis/$" params={{ project, _splat: name }} search={{}} ff="monospace" fz="sm">
          {name}
        </AppLink>
      ),
    },
    { title: "Parameters", cell: (target) => <ParameterNames target={target} /> },
    { title: "Source", isExtra: true, cell: ({ source }) => <span className="lk-mono">{source}</span> },
  ];
  const isUndeployed = error instanceof ApiError && error.code === "NO_LIVE_DEPLOYMENT";
  return (
    <>
      <PageTitle title="APIs" document={`APIs of ${project}`} description="What this project can do. Open one to run it." actions={apis.length > 5 && <TextInput data-filter aria-label="Filter APIs" placeholder="Filter" leftSection={<IconSearch size={16} aria-hidden />} value={q} onChange={({ currentTarget }) => void navigate({ search: currentTarget.value === "" ? {} : { q: currentTarget.value }, replace: true })} />} />
      {error !== null && !isUndeployed && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {isUndeployed && (
        <EmptyState icon={IconCode} title="Nothing is deployed yet" command={`npx latchkey deploy --server ${location.origin}`}>
          Run this in the project&apos;s folder. Its APIs appear here as soon as it is live.
        </EmptyState>
      )}
      {data === undefined && error === null && <RowsLoading />}
      {data !== undefined && apis.length === 0 && (
        <EmptyState icon={IconCode} title="The deployment has no API">
          Each file in <code>api/</code> with a default-exported function is one. Add <code>api/hello.ts</code> and deploy again.
        </EmptyState>
      )}
      {shown.length > 0 && (
        <DataTable
          label="APIs"
          columns={columns}
          rows={shown}
          rowKey={({ name }) => name}
          actions={({ name }) => (
            <AppLinkButton to="/projects/$project/apis/$" params={{ project, _splat: name }} search={{}} size="compact-sm" variant="light" leftSection={<IconPlayerPlay size={14} aria-hidden />} aria-label={`Run ${name}`}>
              Run
            </AppLinkButton>
          )}
        />
      )}
      {apis.length > 0 && shown.length === 0 && <Text c="dimmed">No API has “{q}” in its name.</Text>}
    </>
  );
}

/** Those targets that are APIs: the others log in. */
export function apisOf(targets: readonly DeploymentTarget[]): readonly DeploymentTarget[] {
  return targets.filter(({ name }) => !name.startsWith("auth-sessions/"));
}

function ParameterNames({ target: { parameterSchema } }: { readonly target: DeploymentTarget }): ReactElement {
  if (parameterSchema === null) return <Text component="span" size="sm" c="dimmed">anything</Text>;
  const { properties = {}, required = [] } = resolve(parameterSchema, parameterSchema);
  const names = Object.keys(properties);
  if (names.length === 0) return <Text component="span" size="sm" c="dimmed">none</Text>;
  return (
    <Group component="span" gap={6} justify="inherit" style={{ display: "inline-flex", justifyContent: "inherit" }}>
      {names.map((name) => (
        <span key={name} className="lk-mono" style={required.includes(name) ? { fontWeight: 600 } : { color: "var(--mantine-color-dimmed)" }}>
          {name}
          {required.includes(name) ? "" : "?"}
        </span>
      ))}
    </Group>
  );
}
