import { Code, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { Deployment } from "../../api/deployments.ts";
import { liveDeploymentQuery } from "../../api/projects.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { JsonTree } from "../../ui/JsonTree.tsx";
import { formatBytes, wholeTime } from "../../ui/Time.tsx";

/** A deployment's manifest: where it came from, and what it can do. The live one with its settings for logins. */
export function DeploymentDetails({ project, deployment }: { readonly project: string; readonly deployment: Deployment }): ReactElement {
  const { id, contentHash, createdAt, createdBy, activatedAt, sizeBytes, apis, live } = deployment;
  const facts = [
    ["Uploaded", `${wholeTime(createdAt)} with the key “${createdBy}”`],
    ["Last live", activatedAt === null ? "never" : `${live ? "since" : "from"} ${wholeTime(activatedAt)}`],
    ["Size", formatBytes(sizeBytes)],
  ] as const;
  return (
    <Stack gap="md">
      <Stack gap={6}>
        <Copied name="Id" value={id} />
        <Copied name="Content hash" value={contentHash} />
        {facts.map(([name, value]) => (
          <Text key={name} size="sm">
            <Text component="span" c="dimmed">
              {name}:{" "}
            </Text>
            {value}
          </Text>
        ))}
      </Stack>
      <Stack gap={6}>
        <Title order={3}>APIs</Title>
        {apis.length === 0 && <Text size="sm">None.</Text>}
        <Group gap="xs">
          {apis.map((name) =>
            live ? (
              <AppLink key={name} to="/projects/$project/apis/$" params={{ project, _splat: name }} search={{}} className="lk-mono">
                {name}
              </AppLink>
            ) : (
              <Code key={name}>{name}</Code>
            ),
          )}
        </Group>
      </Stack>
      {live && <LiveManifest project={project} />}
    </Stack>
  );
}

function LiveManifest({ project }: { readonly project: string }): ReactElement | null {
  const { data } = useQuery(liveDeploymentQuery(project));
  if (data === undefined) return null;
  return (
    <Stack gap={6}>
      <Title order={3}>Manifest</Title>
      <JsonTree label="Manifest" value={{ authSessions: data.authSessions, targets: Object.fromEntries(data.targets.map(({ name, source, parameterSchema }) => [name, { source, parameterSchema }])), samples: data.samples }} openDepth={1} />
    </Stack>
  );
}

function Copied({ name, value }: { readonly name: string; readonly value: string }): ReactElement {
  return (
    <Group gap={6} wrap="nowrap">
      <Text size="sm" c="dimmed" style={{ flex: "none" }}>
        {name}:
      </Text>
      <span className="lk-mono" style={{ overflowWrap: "anywhere" }}>
        {value}
      </span>
      <CopyButton value={value} label={`Copy the ${name.toLowerCase()}`} />
    </Group>
  );
}
