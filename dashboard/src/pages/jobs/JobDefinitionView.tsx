import { SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import type { Job, Payload } from "../../api/jobs.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { CodeBlock } from "../../ui/CodeBlock.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { sinkWords } from "../../ui/definition/sink-words.ts";
import { durationWords } from "../../ui/duration.ts";
import { RelativeTime } from "../../ui/Time.tsx";
import { definitionOf } from "./JobForm.tsx";
import { scheduleWords } from "./schedule/words.ts";

const SHOWN = 50;
const FALLBACK = { concurrency: 10, attempts: 3, seconds: 600 };

/** What a job is: in words, then as JSON. */
export function JobDefinitionView({ project, job }: { readonly project: string; readonly job: Job }): ReactElement {
  const { configuration, payload, schedule, sink, auth_session: session, created_at: createdAt } = job;
  const columns: readonly Column<Payload>[] = [
    {
      title: "API",
      isMain: true,
      cell: ({ apiName }) => (
        <AppLink to="/projects/$project/apis/$" params={{ project, _splat: apiName }} search={{}} ff="monospace" fz="sm">
          {apiName}
        </AppLink>
      ),
    },
    { title: "Parameters", cell: ({ parameters }) => <span className="lk-mono">{JSON.stringify(parameters)}</span> },
  ];
  return (
    <Stack gap="lg">
      <Facts>
        <Fact title="Schedule">{scheduleWords(schedule)}</Fact>
        <Fact title="Missed firings">{schedule == null ? "–" : `Made up to ${durationWords(schedule.catchUpWindow ?? "24h")} late`}</Fact>
        <Fact title="Auth session">
          {session == null ? (
            "None"
          ) : (
            <AppLink to="/projects/$project/auth-sessions/$authSessionId" params={{ project, authSessionId: session.id }} search={{}}>
              {session.id}
            </AppLink>
          )}
        </Fact>
        <Fact title="Sink">{sinkWords(sink)}</Fact>
        <Fact title="Runs at the same time">{configuration.maxConcurrentRequests ?? FALLBACK.concurrency}</Fact>
        <Fact title="Attempts">{configuration.retry?.maximumAttempts ?? FALLBACK.attempts}</Fact>
        <Fact title="Time for an attempt">{durationWords((configuration.requestTimeout ?? FALLBACK.seconds) * 1_000)}</Fact>
        <Fact title="Made">
          <RelativeTime at={createdAt} />
        </Fact>
      </Facts>
      <section aria-label="Payloads">
        <Title order={2} mb="xs">
          Payloads
        </Title>
        <DataTable label="Payloads" columns={columns} rows={payload.slice(0, SHOWN)} rowKey={(item) => String(payload.indexOf(item))} />
        {payload.length > SHOWN && (
          <Text size="sm" c="dimmed" mt="xs">
            And {payload.length - SHOWN} more, below.
          </Text>
        )}
      </section>
      <section aria-label="As JSON">
        <Title order={2} mb="xs">
          As JSON
        </Title>
        <CodeBlock code={JSON.stringify(definitionOf(job), null, 2)} label="Definition" maxHeight={420} />
      </section>
    </Stack>
  );
}

/** Facts side by side. */
export function Facts({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2, md: 4 }} className="lk-card" p="lg" m={0} spacing="md">
      {children}
    </SimpleGrid>
  );
}

/** One of them. */
export function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <div style={{ minWidth: 0 }}>
      <Text component="dt" size="xs" c="dimmed">
        {title}
      </Text>
      <Text component="dd" m={0} size="sm" style={{ overflowWrap: "anywhere" }}>
        {children}
      </Text>
    </div>
  );
}
