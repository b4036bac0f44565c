import { LatchkeyError } from "../model/errors.ts";
import type { ProxyFailure, ProxyReport } from "../model/proxy.ts";

/** Errors of author code that a broken connection may be the true cause of. */
const MAY_BE_THE_NETWORK = new Set(["API_FAILED", "NAVIGATION_FAILED", "CHECK_NOT_BOOLEAN", "RUN_TIMED_OUT"]);

/** The proxy's or policy's error, where a connection that failed during the call explains what the author's code threw. */
export function explainFailure(error: LatchkeyError, before: ProxyReport, after: ProxyReport): LatchkeyError {
  if (!MAY_BE_THE_NETWORK.has(error.code)) return error;
  const failure = newFailure(before, after, (candidate) => candidate.code !== "NAVIGATION_FAILED");
  if (failure === null) return error;
  const { where, stack } = error.facts;
  return new LatchkeyError(failure.code, failure.message, { cause: error, ...(where !== undefined && { where }), ...(stack !== undefined && { stack }) });
}

/**
 * Why a check that said "not logged in" cannot be believed: its pages could not be reached.
 * Logging in again for that would hammer a login form that works.
 */
export function reasonNotToBelieve(before: ProxyReport, after: ProxyReport): LatchkeyError | null {
  const failure = newFailure(before, after, (candidate) => candidate.code !== "EGRESS_DENIED");
  return failure === null ? null : new LatchkeyError(failure.code, `The login could not be checked: ${failure.message}`);
}

function newFailure(before: ProxyReport, after: ProxyReport, isWanted: (failure: ProxyFailure) => boolean): ProxyFailure | null {
  return after.failures.slice(before.failures.length).find(isWanted) ?? null;
}
