import { LatchkeyError, type ErrorCode } from "../model/errors.ts";
import type { HostedProject } from "../model/hosted-project.ts";
import type { JobDefinition } from "../model/job.ts";
import { stableText, type JsonValue } from "../model/json.ts";
import { parseUpstreamProxy } from "../model/proxy.ts";
import { MIN_REPEAT_MS, type QueueDefinition, type QueueItem, type RepeatItem } from "../model/queue.ts";
import type { RunRequest } from "../model/run.ts";
import { sinkProblem, type WireSink } from "../model/sink.ts";
import type { ServerParts } from "./server-parts.ts";

type CheckParts = Pick<ServerParts, "store" | "deployments" | "timing">;
const LONGEST_RATE_MS = 31 * 24 * 60 * 60 * 1_000;

/**
 * Refuses, when it is configured, what could not be run: unknown APIs, parameters that do not fit, a login that is missing.
 *
 * @param options - `deploymentId`: the deployment it is for, by default the live one. `before`: what the job was.
 * @throws LatchkeyError with the code of what is wrong.
 */
export async function checkJob({ deployments, timing }: CheckParts, project: HostedProject, job: JobDefinition, { deploymentId, before }: { readonly deploymentId?: string; readonly before?: JobDefinition | null } = {}): Promise<void> {
  checkSink(job.sink);
  // What fired its last must not keep the rest of a job, or of a deployment, from being changed.
  if (job.schedule != null) timing.checkSchedule(job.schedule, { mayBeOver: before?.schedule != null && isSame(before.schedule, job.schedule) });
  await deployments.admitAll(project, job.payload.map(({ apiName, parameters }) => toRequest(apiName, parameters, job.auth_session?.id ?? null, job.proxy ?? null)), deploymentId);
}

/** The same for a queue: its items are checked when they are appended. */
export async function checkQueue({ store, deployments, timing }: CheckParts, project: HostedProject, queue: QueueDefinition, deploymentId?: string): Promise<void> {
  const { configuration, sink, authSession, proxy } = queue;
  const refuse = (why: string, code: ErrorCode = "QUEUE_INVALID"): never => {
    throw new LatchkeyError(code, `The queue is not valid: ${why}.`);
  };
  checkSink(sink);
  if (proxy != null) parseUpstreamProxy(proxy);
  if (proxy != null && authSession != null) refuse("a login brings its own proxy, so the queue has none");
  if (configuration !== null) {
    const { ordered = true, maxConcurrentRequests = 1, rateLimits = [], randomWait } = configuration;
    if (ordered && maxConcurrentRequests > 1) refuse("maxConcurrentRequests above 1 needs ordered: false");
    timing.checkHours(configuration);
    for (const { duration } of rateLimits) {
      const ms = timing.durationMs(duration);
      if (ms === null || ms < 1 || ms > LONGEST_RATE_MS) refuse(`the rate limit's duration ${JSON.stringify(duration)} is none of up to 31 days`);
    }
    if (randomWait !== undefined) {
      const [min, max] = [timing.durationMs(randomWait.min), timing.durationMs(randomWait.max)];
      if (min === null || max === null || max < min) refuse("randomWait needs two durations, min not longer than max");
    }
  }
  if (authSession != null) {
    if ((await store.authSessions.of(project).summary(authSession.id)) === null) throw new LatchkeyError("AUTH_SESSION_NOT_FOUND", `There is no auth session "${authSession.id}".`);
  } else if (await deployments.needsAuthSession(project, deploymentId)) throw new LatchkeyError("AUTH_SESSION_REQUIRED", "The project acts for logged-in users, and the queue names no auth session.", { hint: 'Give the queue an authSession: { "id": "…" }; an item may name another one.' });
}

/** The same for items of a queue. */
export async function checkItems({ deployments }: CheckParts, project: HostedProject, queue: QueueDefinition, items: readonly (QueueItem | RepeatItem)[]): Promise<void> {
  for (const { sink } of items) checkSink(sink);
  await deployments.admitAll(project, items.map(({ apiName, parameters = {}, authSession }) => toRequest(apiName, parameters, (authSession === undefined ? queue.authSession : authSession)?.id ?? null, queue.proxy ?? null)));
}

/** @throws LatchkeyError `QUEUE_INVALID` */
export function checkRepeat({ timing }: CheckParts, { repeat }: RepeatItem): void {
  const ms = timing.durationMs(repeat);
  if (ms === null || ms < MIN_REPEAT_MS) throw new LatchkeyError("QUEUE_INVALID", `The repeat item is not valid: repeat is a duration of 10 minutes or more, such as "1h", not ${JSON.stringify(repeat)}.`);
}

function isSame(one: object, other: object): boolean {
  return stableText(one as JsonValue) === stableText(other as JsonValue);
}

function checkSink(sink: WireSink | null | undefined): void {
  const problem = sink == null ? null : sinkProblem(sink);
  if (problem !== null) throw new LatchkeyError("SINK_INVALID", `The sink is not valid: ${problem}.`);
}

function toRequest(name: string, parameters: RunRequest["parameters"], authSessionId: string | null, proxyUrl: string | null): RunRequest {
  return { runId: "", target: { kind: "api", name, authSessionId, check: true, autoRecreate: true }, parameters, proxyUrl, timeoutMs: 0, maximumAttempts: 1, trace: false, headful: false };
}
