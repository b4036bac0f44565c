import type { Deadline } from "../model/deadline.ts";
import { LatchkeyError, type ErrorCode } from "../model/errors.ts";

/** How a deadline is made. */
export interface DeadlineOptions {
  /** The full length. */
  readonly timeoutMs: number;
  /** What is over when the time is, for the error's sentence: `The attempt`. */
  readonly what: string;
  /** The error's code. Default `RUN_TIMED_OUT`. */
  readonly code?: ErrorCode;
  /** Ends this deadline too, with its own reason. */
  readonly signal?: AbortSignal;
  readonly log: (message: string) => void;
}

/** A deadline that runs from now on. Dispose it, or its timer keeps the process alive. */
export function createDeadline(options: DeadlineOptions): Deadline & Disposable {
  const { timeoutMs, what, code = "RUN_TIMED_OUT", signal, log } = options;
  const controller = new AbortController();
  let endsAtMs = performance.now() + timeoutMs;
  let timer: NodeJS.Timeout;
  let pauses = 0;

  const end = (reason: LatchkeyError): void => {
    if (!controller.signal.aborted) controller.abort(reason);
  };
  const arm = (): void => {
    timer = setTimeout(() => end(new LatchkeyError(code, `${what} took longer than ${formatSeconds(timeoutMs)}.`)), timeoutMs);
  };
  const restart = (): void => {
    clearTimeout(timer);
    if (controller.signal.aborted || pauses > 0) return;
    endsAtMs = performance.now() + timeoutMs;
    arm();
  };
  const onOuterAbort = (): void => end(reasonOf(signal));
  arm();
  if (signal?.aborted === true) onOuterAbort();
  else signal?.addEventListener("abort", onOuterAbort, { once: true });

  return {
    signal: controller.signal,
    timeoutMs,
    remainingMs: () => (controller.signal.aborted ? 0 : Math.max(0, endsAtMs - performance.now())),
    extend: restart,
    pause: () => {
      pauses += 1;
      clearTimeout(timer);
      return {
        [Symbol.dispose]: () => {
          pauses -= 1;
          restart();
        },
      };
    },
    end,
    race: (promise) => raceSignal(promise, controller.signal),
    log,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onOuterAbort);
    },
  };
}

/** The promise's result, or the signal's reason. */
export async function raceSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(reasonOf(signal));
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  // The loser may reject later; it has been told of by the winner's reason.
  promise.catch(() => undefined);
  aborted.promise.catch(() => undefined);
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The reason of an aborted signal as an error with a code. */
export function reasonOf(signal: AbortSignal | undefined): LatchkeyError {
  return signal?.reason instanceof LatchkeyError ? signal.reason : new LatchkeyError("CANCELED", "The run was canceled.");
}

function formatSeconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
