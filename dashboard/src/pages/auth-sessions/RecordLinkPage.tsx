import { Box, Button, Center, Group, List, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconCircleCheck, IconClockX, IconLock, IconMoodEmpty, IconSlash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState, type ReactElement, type ReactNode } from "react";
import { openLink, VISITED_LIVE_PATH, visitedRecordingQuery, type VisitedRecording } from "../../api/recordings.ts";
import { ApiError } from "../../api/request.ts";
import { hasEnded } from "../../api/runs.ts";
import { LiveView } from "../../live/LiveView.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";

/** Which link this tab has opened: after a reload it is used up, and its cookie goes on. */
const OPENED = "latchkey-opened-link";

/** For the person who was sent a link: no key, no navigation; what is asked, by whom, and what is kept. */
export function RecordLinkPage(): ReactElement {
  const { token } = useParams({ from: "/record/$token" });
  const [isOpen, setOpen] = useState(() => sessionStorage.getItem(OPENED) === token);
  const client = useQueryClient();
  const open = useMutation({
    mutationFn: () => openLink(token),
    onSuccess: () => {
      sessionStorage.setItem(OPENED, token);
      client.removeQueries({ queryKey: visitedRecordingQuery.queryKey });
      setOpen(true);
    },
  });
  useEffect(() => {
    document.title = "Log in · Latchkey";
    // The secret of the address must not go along to other sites.
    const meta = document.createElement("meta");
    meta.name = "referrer";
    meta.content = "no-referrer";
    document.head.append(meta);
    return () => meta.remove();
  }, []);
  if (isOpen) return <Visit />;
  if (open.error !== null) return <Refused error={open.error} onRetry={() => open.mutate()} />;
  return (
    <Card icon={<IconLock size={26} stroke={1.6} />} title="You were asked to log in">
      <Text size="sm">Somebody who uses Latchkey sent you this link, so that a program can act for you at a site that you have an account at. You log in yourself, in a browser that is shown on the next page.</Text>
      <Kept />
      <Text size="sm" c="dimmed">
        The link is good once. Go on only if you know who sent it.
      </Text>
      <Button size="md" loading={open.isPending} onClick={() => open.mutate()} fullWidth>
        Begin
      </Button>
    </Card>
  );
}

function Visit(): ReactElement | null {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(visitedRecordingQuery);
  if (data === undefined) return error === null ? null : <Refused error={error} onRetry={() => void refetch()} />;
  if (hasEnded(data.status)) return <Ended recording={data} />;
  return (
    <Box component="main" maw={1180} mx="auto" p={{ base: "sm", sm: "lg" }}>
      <Stack gap="md">
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <img src="/icon.svg" alt="" width={32} height={32} />
          <div style={{ minWidth: 0 }}>
            <Title order={1} style={{ overflowWrap: "anywhere" }}>
              Log in for “{data.project}”
            </Title>
            <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              The project “{data.project}” asks. Your login is kept under the name “{data.authSession}”.
            </Text>
          </div>
        </Group>
        <Text size="sm">Log in below as you would at home, then press “I am logged in”. Before you type a password, look at the address above the picture: it must be the site that you know.</Text>
        <LiveView path={VISITED_LIVE_PATH} isRecording onEnded={() => void client.invalidateQueries({ queryKey: visitedRecordingQuery.queryKey })} />
        <Kept />
      </Stack>
    </Box>
  );
}

function Kept(): ReactElement {
  return (
    <List size="sm" spacing={6}>
      <List.Item>
        <strong>Kept:</strong> that you are logged in, which is the site&apos;s cookies and storage. They are encrypted.
      </List.Item>
      <List.Item>
        <strong>Not kept:</strong> your password, and whatever else you type. It passes through this server’s browser to the site, and is not stored.
      </List.Item>
      <List.Item>
        <strong>Yours to end:</strong> log out of all devices at the site, and the kept login is worth nothing any more.
      </List.Item>
    </List>
  );
}

function Ended({ recording: { status, error, project } }: { readonly recording: VisitedRecording }): ReactElement {
  if (status === "completed")
    return (
      <Card icon={<IconCircleCheck size={26} stroke={1.6} />} color="green" title="Thank you, your login is saved">
        <Text size="sm">The project “{project}” can use it from now on. Your password was not kept.</Text>
        <Text size="sm">You can close this page.</Text>
      </Card>
    );
  if (status === "canceled" || error === undefined)
    return (
      <Card icon={<IconSlash size={26} stroke={1.6} />} color="gray" title="The login was cancelled">
        <Text size="sm">Nothing was kept. If that was a mistake, ask whoever sent you the link for a new one.</Text>
        <Text size="sm">You can close this page.</Text>
      </Card>
    );
  return (
    <Card icon={<IconMoodEmpty size={26} stroke={1.6} />} color="orange" title="The login could not be saved">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {error.message}
      </Text>
      <Text size="sm">Nothing was kept. Ask whoever sent you the link for a new one, and tell them this: <span className="lk-mono">{error.code}</span></Text>
    </Card>
  );
}

const REFUSED: Readonly<Record<string, readonly [title: string, text: string]>> = {
  LINK_EXPIRED: ["This link has expired", "It is not valid, or no longer: links are good for a short time only, so that nobody else can use them."],
  LINK_USED: ["This link was used already", "It is good once. If it was not you who opened it, say so."],
  RUN_ENDED: ["This login is over", "It was finished, cancelled, or nobody came for too long."],
  UNAUTHORIZED: ["This login is over", "It was finished, cancelled, or nobody came for too long."],
};

function Refused({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactElement {
  const [title, text] = (error instanceof ApiError ? REFUSED[error.code] : undefined) ?? [];
  if (title === undefined)
    return (
      <Card icon={<IconMoodEmpty size={26} stroke={1.6} />} color="orange" title="The page cannot be opened">
        <ErrorBox error={error} onRetry={onRetry} />
      </Card>
    );
  return (
    <Card icon={<IconClockX size={26} stroke={1.6} />} color="gray" title={title}>
      <Text size="sm">{text} Ask whoever sent it for a new one.</Text>
    </Card>
  );
}

function Card({ icon, color = "latch", title, children }: { readonly icon: ReactNode; readonly color?: string; readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack className="lk-card" p={{ base: "lg", sm: "xl" }} gap="md" w="100%" maw={480}>
        <ThemeIcon variant="light" size={48} radius="xl" color={color} aria-hidden>
          {icon}
        </ThemeIcon>
        <Title order={1}>{title}</Title>
        {children}
      </Stack>
    </Center>
  );
}
