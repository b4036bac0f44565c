import type { Attempt, AttemptError, RunDetails, RunEvent } from "../../api/types.ts";

/** A phase as the timeline draws it. */
export interface ShownPhase {
  readonly name: string;
  readonly startedAt: string;
  /** Undefined: goes on. */
  readonly durationMs?: number;
  readonly isFailed: boolean;
}

/** An attempt as the timeline draws it: ended ones as they are kept, the one that goes on from the events. */
export interface ShownAttempt {
  readonly number: number;
  readonly startedAt: string;
  readonly durationMs?: number;
  readonly phases: readonly ShownPhase[];
  readonly error?: AttemptError;
  readonly kept?: Attempt;
}

/** What each phase is, in a few words. */
export const PHASE_WORDS: Readonly<Record<string, string>> = {
  compile: "Compile the project",
  browser: "Get a browser",
  restore: "Restore the login",
  check: "Check the login",
  create: "Log in",
  verify: "Check the new login",
  api: "Run the API",
  record: "Record a login",
  capture: "Capture the login",
  save: "Save the login",
};

/** All attempts of a run. */
export function attemptsOf(run: RunDetails, events: readonly RunEvent[]): readonly ShownAttempt[] {
  const kept = run.attempts.map((attempt): ShownAttempt => ({ number: attempt.number, startedAt: attempt.startedAt, durationMs: attempt.durationMs, phases: attempt.phases.map((phase, index) => ({ ...phase, isFailed: attempt.error !== undefined && index === attempt.phases.length - 1 })), ...(attempt.error !== undefined && { error: attempt.error }), kept: attempt }));
  const live = events.flatMap((event) => (event.type === "attempt-started" && !kept.some(({ number }) => number === event.attempt) ? [liveAttempt(event.attempt, event.at, events)] : []));
  return [...kept, ...live];
}

function liveAttempt(number: number, startedAt: string, events: readonly RunEvent[]): ShownAttempt {
  const own = events.filter((event) => "attempt" in event && event.attempt === number);
  const phases = own.flatMap((event): ShownPhase[] => {
    if (event.type !== "phase-started") return [];
    const end = own.find((one) => one.type === "phase-ended" && one.phase === event.phase && Date.parse(one.at) >= Date.parse(event.at));
    return [{ name: event.phase, startedAt: event.at, isFailed: end?.type === "phase-ended" && !end.ok, ...(end?.type === "phase-ended" && { durationMs: end.durationMs }) }];
  });
  const end = own.find((event) => event.type === "attempt-ended");
  return { number, startedAt, phases, ...(end?.type === "attempt-ended" && { durationMs: end.durationMs, ...(end.error !== undefined && { error: end.error }) }) };
}
