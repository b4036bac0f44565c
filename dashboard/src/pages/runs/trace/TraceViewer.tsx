import { ActionIcon, Group, Skeleton, Slider, Stack, Tabs, Text, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { ArtifactImage } from "../../../ui/ArtifactImage.tsx";
import { ErrorBox } from "../../../ui/ErrorBox.tsx";
import { formatDuration } from "../../../ui/Time.tsx";
import { PHASE_WORDS } from "../attempts.ts";
import { traceQuery, type Trace } from "./read-trace.ts";
import { ConsoleList, NetworkList, PhaseList } from "./TraceLists.tsx";
import classes from "./Trace.module.css";

/** The filmstrip shows at most so many; the others are reached by scrubbing. */
const MAX_FRAMES = 24;

/** What an attempt saw: pictures, network, console and phases on one clock, scrubbed together. */
export function TraceViewer({ project, runId, folder, atMs, onAt }: { readonly project: string; readonly runId: string; readonly folder: string; /** Where it is opened; of the address. */ readonly atMs: number | null; /** Told when the scrubber rests. */ readonly onAt: (atMs: number) => void }): ReactElement {
  const { data, error, refetch } = useQuery(traceQuery(project, runId, folder));
  if (error !== null) return <ErrorBox error={error} title="The trace cannot be read" onRetry={() => void refetch()} />;
  return data === undefined ? <Skeleton height={420} /> : <LoadedTrace key={folder} trace={data} atMs={atMs} onAt={onAt} />;
}

function LoadedTrace({ trace, atMs, onAt }: { readonly trace: Trace; readonly atMs: number | null; readonly onAt: (atMs: number) => void }): ReactElement {
  const { pictures, durationMs, phases, requests, lines, isCut } = trace;
  const [nowMs, setNowMs] = useState(Math.min(atMs ?? pictures.at(-1)?.atMs ?? 0, durationMs));
  const current = currentPicture(trace, nowMs);
  const picture = pictures[current];
  const step = Math.max(1, Math.ceil(pictures.length / MAX_FRAMES));
  const goTo = (next: number): void => {
    setNowMs(next);
    onAt(next);
  };
  return (
    <Stack gap="md">
      <div className={`lk-card ${classes["viewer"] ?? ""}`}>
        <Group px="sm" py={6} gap="xs" wrap="nowrap" className={classes["head"]}>
          <Tooltip label="Picture before">
            <ActionIcon variant="subtle" color="gray" aria-label="Picture before" disabled={current <= 0} onClick={() => goTo(pictures[current - 1]?.atMs ?? 0)}>
              <IconChevronLeft size={17} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Next picture">
            <ActionIcon variant="subtle" color="gray" aria-label="Next picture" disabled={current >= pictures.length - 1} onClick={() => goTo(pictures[current + 1]?.atMs ?? 0)}>
              <IconChevronRight size={17} />
            </ActionIcon>
          </Tooltip>
          <Text size="xs" className="lk-mono lk-clip" style={{ flex: 1 }}>
            {picture?.url ?? "No page was open"}
          </Text>
          <Text size="xs" c="dimmed" className="lk-tabular" style={{ whiteSpace: "nowrap" }}>
            {formatDuration(nowMs)} of {formatDuration(durationMs)}
          </Text>
        </Group>
        <div className={classes["stage"]}>{picture === undefined ? <Text c="dimmed" size="sm">There is no picture {pictures.length === 0 ? "in this trace" : "yet"}.</Text> : <ArtifactImage key={picture.path} path={picture.path} alt={`The page after ${formatDuration(picture.atMs)}: ${picture.url}`} style={{ maxHeight: "46dvh", margin: "0 auto" }} />}</div>
        {pictures.length > 0 && (
          <div className={classes["film"]} role="group" aria-label="Filmstrip">
            {pictures.map((frame, index) =>
              index % step === 0 ? (
                <button key={frame.path} type="button" className={classes["frame"]} aria-current={index === current || undefined} aria-label={`Picture ${index + 1}, after ${formatDuration(frame.atMs)}`} onClick={() => goTo(frame.atMs)}>
                  <ArtifactImage path={frame.path} alt="" style={{ height: 54 }} />
                </button>
              ) : null,
            )}
          </div>
        )}
        <div className={classes["scrub"]}>
          <div className={classes["band"]} aria-hidden>
            {phases.map(({ name, atMs: at, durationMs: took }) => (
              <span key={`${name} ${at}`} className={classes["phase"]} title={`${PHASE_WORDS[name] ?? name}: ${formatDuration(took)}`} style={{ left: `${(at / durationMs) * 100}%`, width: `${Math.max(0.4, (took / durationMs) * 100)}%` }}>
                {PHASE_WORDS[name] ?? name}
              </span>
            ))}
          </div>
          <Slider value={nowMs} onChange={setNowMs} onChangeEnd={onAt} min={0} max={durationMs} step={Math.max(1, Math.round(durationMs / 500))} label={formatDuration} thumbLabel="Point in time" size="sm" marks={pictures.slice(0, 100).map(({ atMs: value }) => ({ value }))} />
        </div>
      </div>
      {isCut && (
        <Text size="sm" c="dimmed">
          There was more than a trace keeps: its end is missing.
        </Text>
      )}
      <Tabs defaultValue="network" keepMounted={false}>
        <Tabs.List aria-label="Parts of the trace">
          <Tabs.Tab value="network">Network ({requests.length})</Tabs.Tab>
          <Tabs.Tab value="console">Console ({lines.length})</Tabs.Tab>
          <Tabs.Tab value="phases">Phases ({phases.length})</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="network" pt="sm">
          <NetworkList requests={requests} durationMs={durationMs} nowMs={nowMs} onGo={goTo} />
        </Tabs.Panel>
        <Tabs.Panel value="console" pt="sm">
          <ConsoleList lines={lines} nowMs={nowMs} onGo={goTo} />
        </Tabs.Panel>
        <Tabs.Panel value="phases" pt="sm">
          <PhaseList phases={phases} nowMs={nowMs} onGo={goTo} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

/** The last picture that was taken by then. -1: none was. */
function currentPicture({ pictures }: Trace, nowMs: number): number {
  return pictures.findLastIndex(({ atMs }) => atMs <= nowMs + 1);
}
