import { Group, Progress, Text, Tooltip } from "@mantine/core";
import type { ReactElement } from "react";
import type { JobRun } from "../../api/jobs.ts";

/** How far a job run is: its counts as a bar and in words. */
export function JobRunProgress({ jobRun, isLarge = false }: { readonly jobRun: JobRun; readonly isLarge?: boolean }): ReactElement {
  const { payloads, successful_runs: completed, failed_runs: failed, canceled_runs: canceled } = jobRun;
  const parts = [
    { count: completed, word: "completed", color: "green.7" },
    { count: failed, word: "failed", color: "red.7" },
    { count: canceled, word: "canceled", color: "gray.6" },
  ].filter(({ count }) => count > 0);
  const words = parts.length === 0 ? `0 of ${payloads}` : `${completed + failed + canceled} of ${payloads}: ${parts.map(({ count, word }) => `${count} ${word}`).join(", ")}`;
  return (
    <div style={{ minWidth: 120, width: "100%", maxWidth: isLarge ? undefined : 260 }}>
      <Tooltip label={words} openDelay={300}>
        <Progress.Root size={isLarge ? 12 : 6} role="img" aria-label={words}>
          {parts.map(({ count, word, color }) => (
            <Progress.Section key={word} value={payloads === 0 ? 0 : (count / payloads) * 100} color={color} aria-hidden role="presentation" aria-label="" />
          ))}
        </Progress.Root>
      </Tooltip>
      <Group gap={6} mt={4}>
        <Text component="span" size="xs" c="dimmed" className="lk-tabular" ta="left">
          {words}
        </Text>
      </Group>
    </div>
  );
}
