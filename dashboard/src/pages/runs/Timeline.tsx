import { Group, Stack, Text, Tooltip } from "@mantine/core";
import type { ReactElement } from "react";
import { ErrorFacts } from "../../ui/ErrorBox.tsx";
import { formatDuration, RelativeTime, useNow, wholeTime } from "../../ui/Time.tsx";
import { PHASE_WORDS, type ShownAttempt } from "./attempts.ts";
import classes from "./Timeline.module.css";

/** A bar is never so short that it cannot be seen. */
const MIN_SHARE = 0.6;

/** Attempts with their phases, each as long as it took, on one scale. The error of the last one is told at the top of the page. */
export function Timeline({ attempts }: { readonly attempts: readonly ShownAttempt[] }): ReactElement {
  const isLive = attempts.some(({ durationMs }) => durationMs === undefined);
  const nowMs = useNow(isLive ? 250 : 60_000);
  const longestMs = Math.max(1, ...attempts.map((attempt) => spanMs(attempt, nowMs)));
  return (
    <Stack gap="lg">
      {attempts.map((attempt, index) => (
        <section key={attempt.number} aria-label={`Attempt ${attempt.number}`}>
          <Group justify="space-between" mb={6} gap="xs">
            <Text size="sm" fw={600}>
              Attempt {attempt.number}
            </Text>
            <Text size="xs" c="dimmed" component="span">
              <RelativeTime at={attempt.startedAt} /> · {formatDuration(spanMs(attempt, nowMs))}
            </Text>
          </Group>
          <ol className={classes["phases"]}>
            {attempt.phases.map((phase) => {
              const startMs = Date.parse(phase.startedAt) - Date.parse(attempt.startedAt);
              const tookMs = phase.durationMs ?? Math.max(0, nowMs - Date.parse(phase.startedAt));
              return (
                <li key={`${phase.name} ${phase.startedAt}`} className={classes["phase"]}>
                  <span className={classes["name"]}>{PHASE_WORDS[phase.name] ?? phase.name}</span>
                  <Tooltip label={`${PHASE_WORDS[phase.name] ?? phase.name}: from ${wholeTime(phase.startedAt)}, ${formatDuration(tookMs)}`} openDelay={200}>
                    <span className={classes["track"]} aria-hidden>
                      <span className={classes["bar"]} data-failed={phase.isFailed || undefined} data-live={phase.durationMs === undefined || undefined} style={{ left: `${Math.min(99, (startMs / longestMs) * 100)}%`, width: `${Math.max(MIN_SHARE, Math.min(100, (tookMs / longestMs) * 100))}%` }} />
                    </span>
                  </Tooltip>
                  <span className={classes["took"]}>
                    {formatDuration(tookMs)}
                    {phase.isFailed && <span className={classes["hidden"]}>, failed</span>}
                  </span>
                </li>
              );
            })}
          </ol>
          {attempt.phases.length === 0 && (
            <Text size="sm" c="dimmed">
              No phase has begun.
            </Text>
          )}
          {index < attempts.length - 1 && attempt.error !== undefined && (
            <div style={{ marginTop: "0.6rem" }}>
              <ErrorFacts {...attempt.error} />
            </div>
          )}
        </section>
      ))}
    </Stack>
  );
}

function spanMs({ durationMs, startedAt }: ShownAttempt, nowMs: number): number {
  return durationMs ?? Math.max(0, nowMs - Date.parse(startedAt));
}
