import type { QueueConfiguration } from "../../api/queues.ts";
import { durationWords } from "../../ui/duration.ts";

/** How a queue works through its items, in a sentence. */
export function paceWords(configuration: QueueConfiguration | null): string {
  const { ordered = true, maxConcurrentRequests = 1, rateLimits = [], randomWait, activePeriods = [], schedule } = configuration ?? {};
  const parts = [
    ordered ? "one after the other" : `up to ${maxConcurrentRequests} at a time`,
    ...rateLimits.map(({ limit, duration }) => `at most ${limit} in ${durationWords(duration)}`),
    ...(randomWait === undefined ? [] : [`${durationWords(randomWait.min)} to ${durationWords(randomWait.max)} between two`]),
    ...(activePeriods.length === 0 ? [] : [`open ${activePeriods.map(({ from, to }) => `${from}–${to}`).join(", ")}`]),
    ...(schedule === undefined ? [] : [`closed from ${schedule.pause} to ${schedule.resume}`]),
  ];
  const sentence = parts.join("; ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
