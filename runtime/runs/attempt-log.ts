import type { Redactor } from "../model/redact.ts";
import type { Observe, PhaseName, PhaseRecord, RunEvent } from "../model/run.ts";

/** An event without what the attempt adds to it. */
type Bare = RunEvent extends infer Event ? (Event extends { readonly attempt: number } ? Omit<Event, "at" | "attempt"> : never) : never;

/** Tells what happens in one attempt: redacted, with times, and keeps its phases. */
export interface AttemptLog {
  readonly phases: readonly PhaseRecord[];
  emit(event: Bare): void;
  /** A line of the runtime's own. */
  info(message: string): void;
  warn(message: string): void;
  /** Runs a step and tells when it began and ended. */
  phase<T>(name: PhaseName, work: () => Promise<T>): Promise<T>;
}

/** A log whose events go to `observe`. */
export function createAttemptLog(options: { readonly attempt: number; readonly redactor: Redactor; readonly observe: Observe; readonly now: () => Date }): AttemptLog {
  const { attempt, redactor, observe, now } = options;
  const phases: PhaseRecord[] = [];
  const emit = (event: Bare): void => observe(redactEvent({ ...event, at: now().toISOString(), attempt }, redactor));
  return {
    phases,
    emit,
    info: (message) => emit({ type: "log", level: "info", source: "runtime", message }),
    warn: (message) => emit({ type: "log", level: "warn", source: "runtime", message }),
    async phase(name, work) {
      const startedAt = now().toISOString();
      const begin = performance.now();
      emit({ type: "phase-started", phase: name });
      let ok = false;
      try {
        const result = await work();
        ok = true;
        return result;
      } finally {
        const durationMs = Math.round(performance.now() - begin);
        phases.push({ name, startedAt, durationMs });
        emit({ type: "phase-ended", phase: name, durationMs, ok });
      }
    },
  };
}

function redactEvent(event: RunEvent, redactor: Redactor): RunEvent {
  if (event.type === "log") return { ...event, message: redactor.text(event.message) };
  if (event.type === "prompt") return { ...event, question: { ...event.question, message: redactor.text(event.question.message) } };
  return event;
}
