import { Button, Checkbox, Group, Select, Text, TextInput } from "@mantine/core";
import { IconDownload, IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import type { LogEvent, RunEvent } from "../../api/types.ts";
import { wholeTime } from "../../ui/Time.tsx";
import classes from "./LogView.module.css";

/** More lines than this make a page slow; the file to save has all of them. */
const MAX_SHOWN = 2_000;
const LEVELS = ["debug", "info", "warn", "error"] as const;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

/** What a run logs, as it logs it. Stays at the end until somebody scrolls up. */
export function LogView({ events, isLive, runId }: { readonly events: readonly RunEvent[]; readonly isLive: boolean; readonly runId: string }): ReactElement {
  const [text, setText] = useState("");
  const [level, setLevel] = useState<(typeof LEVELS)[number]>("debug");
  const [follows, setFollows] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => events.filter((event): event is LogEvent => event.type === "log"), [events]);
  const found = lines.filter((line) => LEVELS.indexOf(line.level) >= LEVELS.indexOf(level) && line.message.toLowerCase().includes(text.toLowerCase()));
  const shown = found.slice(-MAX_SHOWN);
  useEffect(() => {
    if (follows && isLive && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [shown.length, follows, isLive]);
  return (
    <>
      <Group gap="xs" mb="xs" role="search" aria-label="Filter the log">
        <TextInput data-filter aria-label="Search the log" placeholder="Search the log" leftSection={<IconSearch size={16} aria-hidden />} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} style={{ flex: "1 1 12rem" }} />
        <Select aria-label="Least level" w={130} data={[...LEVELS].map((value) => ({ value, label: value === "debug" ? "All levels" : `${value} and up` }))} value={level} onChange={(value) => setLevel(LEVELS.find((one) => one === value) ?? "debug")} allowDeselect={false} />
        {isLive && <Checkbox label="Follow" checked={follows} onChange={({ currentTarget }) => setFollows(currentTarget.checked)} />}
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} disabled={lines.length === 0} onClick={() => save(lines, runId)}>
          Download
        </Button>
      </Group>
      <div ref={box} className={classes["log"]} role="log" aria-label="Log" aria-live="off" tabIndex={0} onWheel={({ deltaY }) => (deltaY < 0 ? setFollows(false) : undefined)}>
        {shown.length === 0 && (
          <Text size="sm" c="dimmed" p="xs">
            {lines.length > 0 ? "No line fits the filter." : isLive ? "Nothing has been logged yet. What console.log() and log.info() say appears here." : "The run logged nothing."}
          </Text>
        )}
        {found.length > shown.length && (
          <Text size="xs" c="dimmed" px="xs">
            {found.length - shown.length} older lines are not shown; download the log to read them.
          </Text>
        )}
        {shown.map((line, index) => (
          <div key={`${line.at} ${found.length - shown.length + index}`} className={classes["line"]} data-level={line.level}>
            <time dateTime={line.at} title={wholeTime(line.at)}>
              {clock.format(new Date(line.at))}
            </time>
            <span className={classes["level"]}>{line.level}</span>
            <span className={classes["source"]}>{line.source}</span>
            <span className={classes["message"]}>{line.message}</span>
          </div>
        ))}
      </div>
    </>
  );
}

function save(lines: readonly LogEvent[], runId: string): void {
  const text = lines.map(({ at, level, source, message }) => `${at} ${level.padEnd(5)} ${source}: ${message}\n`).join("");
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `run-${runId}.log`;
  link.click();
  URL.revokeObjectURL(url);
}
