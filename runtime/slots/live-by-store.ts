import { LatchkeyError } from "../model/errors.ts";
import type { ClaimedRun } from "../model/hosted-run.ts";
import type { HostedRuns } from "../model/hosted-store.ts";
import type { HostedLive, LiveScreen, LiveSink, LiveView } from "../model/live.ts";
import type { Signal, SignalListener } from "../model/signals.ts";

/** Servers tell every two seconds that somebody looks; without a word this is soon enough. */
const LOOK_AGAIN_MS = 30_000;
const WATCHED_LOOK_MS = 2_000;
/** A recording has its slot for no longer, whoever looks. */
const MAX_RECORDING_MS = 60 * 60 * 1_000;

/** What a run is shown through, and acted on. */
export interface LiveParts {
  readonly live: HostedLive;
  readonly runs: HostedRuns;
  readonly signals: SignalListener;
}

/** A claimed run's live view. Disposing hides the run. */
export interface LiveByStore extends LiveView, AsyncDisposable {}

/** Shows a run to viewers that are known through the store, and only while there are any. `abandonedMs`: how long a recording waits for somebody. */
export function createLiveByStore({ live, runs, signals }: LiveParts, claimed: ClaimedRun, abandonedMs: number): LiveByStore {
  const { runId } = claimed.run;
  const ending = new AbortController();
  const finished = Promise.withResolvers<void>();
  let screen: LiveScreen | null = null;
  let watchedAtMs = performance.now();
  let isStarted = false;
  // Only while a recording waits for its person: what is checked afterwards is nobody's to touch.
  let takesInput = false;
  let wasShown = false;
  let turn = Promise.resolve();
  let acting = Promise.resolve();

  /** Changes of what is shown, one at a time; what fails is tried again with the next look. */
  const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work).catch(() => undefined));
  // In order: a frame that overtakes its page's size would be drawn wrongly.
  let putting = Promise.resolve();
  const put = (work: () => Promise<void>): Promise<void> => {
    wasShown = true;
    const done = putting.then(work);
    putting = done.catch(() => undefined);
    return done;
  };
  const sink: LiveSink = {
    frame: (jpeg) => put(() => live.putFrame(runId, jpeg)),
    page: (page) => void put(() => live.putPage(runId, page)).catch(() => undefined),
  };
  const stop = async (): Promise<void> => {
    isStarted = false;
    await screen?.stop();
  };
  const watch = signals.watch((signal) => signal.kind === "watch" && signal.runId === runId);
  const following = (async () => {
    while (!ending.signal.aborted) {
      const isWatched = await live.isWatched(runId).catch(() => false);
      if (isWatched) watchedAtMs = performance.now();
      if (isWatched && !isStarted && screen !== null) {
        await inTurn(async () => {
          isStarted = true;
          await screen?.start(sink);
        });
      } else if (!isWatched && isStarted) await inTurn(stop);
      await watch.next({ timeoutMs: isWatched ? WATCHED_LOOK_MS : LOOK_AGAIN_MS, signal: ending.signal });
    }
  })();
  const act = async (signal: Signal & { readonly kind: "input" }): Promise<void> => {
    for (const input of live.openInputs(signal)) {
      if (!takesInput) return;
      if (input.type === "finish") finished.resolve();
      else {
        const selected = (await screen?.act(input)) ?? null;
        if (selected !== null) await live.sendSelection(runId, signal.viewerId, selected);
      }
    }
  };
  const off = signals.on((signal) => {
    if (takesInput && signal?.kind === "input" && signal.runId === runId) acting = acting.then(() => act(signal)).catch(() => undefined);
  });

  return {
    show(next) {
      const before = screen;
      screen = next;
      isStarted = false;
      void inTurn(async () => before?.stop());
      watch.wake();
      return {
        [Symbol.asyncDispose]: () =>
          inTurn(async () => {
            if (screen === next) {
              screen = null;
              isStarted = false;
            }
            await next[Symbol.asyncDispose]();
          }),
      };
    },
    async finished(signal) {
      const beganAtMs = performance.now();
      watchedAtMs = beganAtMs;
      takesInput = true;
      await runs.setAwaitingInput(claimed, true);
      const over = Promise.withResolvers<never>();
      const checking = setInterval(() => {
        const nowMs = performance.now();
        if (nowMs - watchedAtMs > abandonedMs) over.reject(new LatchkeyError("RECORDING_ABANDONED", "Nobody looked at the recording for too long."));
        if (nowMs - beganAtMs > MAX_RECORDING_MS) over.reject(new LatchkeyError("RECORDING_ABANDONED", "The recording took longer than an hour."));
        if (signal.aborted) over.reject(signal.reason);
      }, 250);
      try {
        await Promise.race([finished.promise, over.promise]);
      } finally {
        clearInterval(checking);
        takesInput = false;
        await runs.setAwaitingInput(claimed, false).catch(() => undefined);
      }
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      off();
      await following;
      watch[Symbol.dispose]();
      await inTurn(stop);
      await acting;
      await putting;
      if (wasShown) await live.hide(runId).catch(() => undefined);
    },
  };
}
