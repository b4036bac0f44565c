import type { LatchkeyError } from "./errors.ts";

/** Timeout, abort signal and log in one argument, so that no operation can forget one. The first cause wins. */
export interface Deadline {
  /** Aborted with a LatchkeyError as its reason. */
  readonly signal: AbortSignal;
  /** The full length. */
  readonly timeoutMs: number;
  /** Milliseconds left; 0 when it is over. */
  remainingMs(): number;
  /** Sets the time left back to the full length. */
  extend(): void;
  /** Stops the clock until it is disposed, then gives back the full length: waiting for a human is not the attempt's time. */
  pause(): Disposable;
  /** Ends it now. Only the first reason counts. */
  end(reason: LatchkeyError): void;
  /** The promise's result, or the reason as soon as the deadline ends. The promise itself is not stopped. */
  race<T>(promise: Promise<T>): Promise<T>;
  /** A step worth telling in the run's log. */
  log(message: string): void;
}
