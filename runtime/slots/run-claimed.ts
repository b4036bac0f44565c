import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ArtifactStore } from "../model/artifacts.ts";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { ClaimedRun } from "../model/hosted-run.ts";
import type { HostedStore } from "../model/hosted-store.ts";
import type { RunIo } from "../model/open-project.ts";
import type { RunEvent, RunOutcome, RunRequest, RunStore } from "../model/run.ts";
import { createAskByStore } from "./ask-by-store.ts";
import { createLiveByStore } from "./live-by-store.ts";
import { createEventWriter, type EventWriter } from "./event-writer.ts";

const FLUSH_TIMEOUT_MS = 5_000;
const RECORD_RETRY_MS = 1_000;

/** What a slot works with. */
export interface SlotParts {
  readonly store: HostedStore;
  readonly artifacts: ArtifactStore;
  /** Where runs have their folders while they go on. */
  readonly scratchDir: string;
  /** Executes one attempt of the run with the project's deployment. */
  readonly execute: (claimed: ClaimedRun, request: RunRequest, runs: RunStore, io: RunIo) => Promise<RunOutcome>;
  /** How long a question waits for its answer, by the deployment's settings. */
  readonly promptTimeoutOf: (claimed: ClaimedRun) => Promise<number>;
  /** Told of each event, for traces. */
  readonly observe: (claimed: ClaimedRun, event: RunEvent) => void;
  readonly warn: (message: string) => void;
}

/** The reason of a signal that ends a run although nobody wants it canceled: it is given to another worker. */
export class HandBack extends LatchkeyError {
  constructor() {
    super("WORKER_LOST", "The worker is being stopped; the run goes to another one.");
  }
}

/** Makes one attempt of a claimed run and records what became of it. Never throws. */
export async function runClaimed(parts: SlotParts, claimed: ClaimedRun, { signal, giveUp }: { readonly signal: AbortSignal; readonly giveUp: AbortSignal }): Promise<void> {
  const { store, warn } = parts;
  const { runId } = claimed.run;
  const folder = join(parts.scratchDir, runId);
  const writer = createEventWriter(store.events, runId);
  const last: RunEvent[] = [];
  const observe = (event: RunEvent): void => {
    parts.observe(claimed, event);
    // The end is written together with the outcome: who hears of it finds it.
    if (event.type === "run-ended") last.push(event);
    else writer.add(event);
  };
  const outcome = await attempt(parts, claimed, folder, observe, signal);
  await keepArtifacts(parts, claimed, folder, writer);
  if (!(await writer.flush(FLUSH_TIMEOUT_MS))) warn(`Some of what run ${runId} logged could not be written.`);
  const isHandedBack = signal.aborted && signal.reason instanceof HandBack && outcome.status === "canceled";
  if (outcome.status !== "completed" && !isHandedBack && outcome.mayRetry !== true && last.length === 0) last.push({ type: "run-ended", at: new Date().toISOString(), status: outcome.status, durationMs: outcome.durationMs });
  const record = (): Promise<boolean> => (isHandedBack ? store.runs.handBack(claimed) : outcome.mayRetry === true ? store.runs.retryLater(claimed, outcome) : store.runs.finish(claimed, outcome, last));
  if (!(await untilRecorded(record, { warn, runId, giveUp }))) warn(`What became of run ${runId} here was not recorded: another worker has it, or will.`);
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

async function attempt(parts: SlotParts, claimed: ClaimedRun, folder: string, observe: (event: RunEvent) => void, signal: AbortSignal): Promise<RunOutcome> {
  const { run, request, earlierAttempts } = claimed;
  const startedAt = new Date().toISOString();
  try {
    const promptTimeoutMs = await parts.promptTimeoutOf(claimed);
    const ask = createAskByStore({ prompts: parts.store.prompts, runs: parts.store.runs, signals: parts.store.signals }, claimed, promptTimeoutMs);
    await using live = createLiveByStore({ live: parts.store.live, runs: parts.store.runs, signals: parts.store.signals }, claimed, promptTimeoutMs);
    const runs = scratchRunStore(folder);
    const asked: RunRequest = { runId: run.runId, target: request.target, parameters: request.parameters, proxyUrl: request.proxyUrl, timeoutMs: run.timeoutMs, maximumAttempts: run.maximumAttempts, trace: claimed.trace, headful: false, partOf: { jobId: run.jobId, jobRunId: run.jobRunId, queueId: run.queueId }, continued: { number: run.attempt, earlier: earlierAttempts } };
    const outcome = await parts.execute(claimed, asked, runs, { observe, ask, live, signal });
    if (signal.reason instanceof HandBack && outcome.status !== "completed") return { ...outcome, status: "canceled" };
    return outcome;
  } catch (thrown) {
    const error = toLatchkeyError(thrown);
    const mayRetry = error.retriable && run.attempt < run.maximumAttempts && !signal.aborted;
    const record = { number: run.attempt, startedAt, durationMs: 0, phases: [], error: error.toBody(), proxy: null, ladder: [] };
    return { runId: run.runId, status: signal.aborted ? "canceled" : "failed", error: error.toBody(), attempts: [...earlierAttempts, record], durationMs: 0, startedAt, files: [], losses: [], ...(mayRetry && { mayRetry }) };
  }
}

/**
 * The outcome is all that is left of the attempt, so it waits for the database as long as it takes: a restart of PostgreSQL
 * loses nothing. Only a worker that is being stopped gives up in the end; its run is then taken for lost and tried again.
 */
async function untilRecorded(record: () => Promise<boolean>, { warn, runId, giveUp }: { readonly warn: (message: string) => void; readonly runId: string; readonly giveUp: AbortSignal }): Promise<boolean> {
  for (let told = false; ; told = true) {
    try {
      return await record();
    } catch (thrown) {
      const error = toLatchkeyError(thrown);
      if (!told) warn(`The outcome of run ${runId} cannot be recorded yet: ${error.message}`);
      if (error.code !== "STORE_UNAVAILABLE" || giveUp.aborted) return false;
      await delay(RECORD_RETRY_MS, undefined, { signal: giveUp }).catch(() => undefined);
    }
  }
}

/** The run's files go to the artifact store; one that cannot be kept is told in the log, and does not fail the run. */
async function keepArtifacts({ store, artifacts, warn }: SlotParts, { run }: ClaimedRun, folder: string, writer: EventWriter): Promise<void> {
  for (const name of await filesBelow(folder)) {
    try {
      await artifacts.put(run.runId, name, join(folder, name));
      await store.artifacts.add(run.runId, { name, sizeBytes: (await stat(join(folder, name))).size });
    } catch (thrown) {
      const { message } = toLatchkeyError(thrown, "ENVIRONMENT");
      warn(`A file of run ${run.runId} was not kept: ${message}`);
      writer.add({ type: "log", at: new Date().toISOString(), attempt: run.attempt, level: "warn", source: "runtime", message: `The file ${name} could not be kept: ${message}` });
    }
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".crdownload")).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

/** The folder of one run; its record is kept in the database by whoever claimed it. */
function scratchRunStore(folder: string): RunStore {
  const nothing = (): never => {
    throw new LatchkeyError("INTERNAL", "The folder of a run is no list of runs.");
  };
  return {
    async begin() {
      await mkdir(join(folder, "files"), { recursive: true, mode: 0o700 });
      return folder;
    },
    append: () => undefined,
    end: () => Promise.resolve(),
    list: nothing,
    find: nothing,
    events: nothing,
    folder: () => folder,
  };
}
