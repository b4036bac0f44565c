import { LatchkeyError } from "../model/errors.ts";
import type { ClaimedRun } from "../model/hosted-run.ts";
import type { HostedPrompts, HostedRuns } from "../model/hosted-store.ts";
import type { AskHuman } from "../model/run.ts";
import type { SignalListener } from "../model/signals.ts";

/** A signal may be missed while the connection is broken. */
const LOOK_AGAIN_MS = 2_000;

/** What questions are kept in, and answers are heard by. */
export interface AskParts {
  readonly prompts: HostedPrompts;
  readonly runs: HostedRuns;
  readonly signals: SignalListener;
}

/** Asks through the store: whoever sees the question there, by HTTP, CLI or dashboard, can answer it. */
export function createAskByStore({ prompts, runs, signals }: AskParts, claimed: ClaimedRun, timeoutMs: number): AskHuman {
  const { runId } = claimed.run;
  return async (question, signal) => {
    const promptId = await prompts.ask(runId, question, timeoutMs);
    using watch = signals.watch((told) => told.kind === "answer" && told.runId === runId);
    try {
      await runs.setAwaitingInput(claimed, true);
      for (;;) {
        const answer = await prompts.answerOf(promptId);
        if (answer !== null) return answer;
        if (signal.aborted) throw signal.reason instanceof LatchkeyError ? signal.reason : new LatchkeyError("PROMPT_TIMED_OUT", `Nobody answered the question "${question.message.split("\n").at(-1) ?? ""}" in time.`);
        await watch.next({ timeoutMs: LOOK_AGAIN_MS, signal });
      }
    } finally {
      await prompts.close(promptId).catch(() => undefined);
      await runs.setAwaitingInput(claimed, false).catch(() => undefined);
    }
  };
}
