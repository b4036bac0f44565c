import { Button, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconLink } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { useMakeRecordingLink } from "../../api/recordings.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RelativeTime, wholeTime } from "../../ui/Time.tsx";

const EXPIRIES = [
  { value: "300000", label: "5 minutes" },
  { value: "900000", label: "15 minutes" },
  { value: "3600000", label: "1 hour" },
];

/** A link by which a person without a key makes this recording. */
export function MakeLink({ project, operationId }: { readonly project: string; readonly operationId: string }): ReactElement {
  const [expiresInMs, setExpiresInMs] = useState("900000");
  const make = useMakeRecordingLink(project, operationId);
  return (
    <Stack component="section" aria-labelledby="link-title" className="lk-card" p="md" gap="sm">
      <Title order={2} id="link-title">
        Somebody else logs in?
      </Title>
      <Text size="sm" c="dimmed">
        Send them a link. It opens this recording alone, needs no key, and is good once.
      </Text>
      <Group gap="xs" align="flex-end">
        <Select label="Good for" data={EXPIRIES} value={expiresInMs} onChange={(next) => setExpiresInMs(next ?? "900000")} allowDeselect={false} w={140} />
        <Button variant="default" leftSection={<IconLink size={16} aria-hidden />} loading={make.isPending} onClick={() => make.mutate(Number(expiresInMs))}>
          {make.data === undefined ? "Make a link" : "Make another link"}
        </Button>
      </Group>
      {make.error !== null && <ErrorBox error={make.error} />}
      {make.data !== undefined && (
        <Stack gap={4} role="status">
          <Group gap="xs" align="flex-end" wrap="nowrap">
            <TextInput label="Link" value={make.data.url} readOnly style={{ flex: 1, minWidth: 0 }} onFocus={({ currentTarget }) => currentTarget.select()} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8rem" } }} />
            <CopyButton value={make.data.url} label="Copy the link" withText />
          </Group>
          <Text size="xs" c="dimmed">
            Expires <RelativeTime at={make.data.expiresAt} />, at {wholeTime(make.data.expiresAt)}. It is not shown again.
          </Text>
        </Stack>
      )}
    </Stack>
  );
}
