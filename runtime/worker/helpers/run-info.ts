import type { RunInfo } from "../../model/worker-protocol.ts";
import { attemptScope } from "../attempt-scope.ts";

/** Ids of the run, and of the auth session, job and queue it belongs to. */
export function runInfo(): RunInfo {
  return attemptScope("runInfo").runInfo;
}
