import { isJsonObject } from "../../model/json.ts";
import type { ExtendedPayload } from "../../model/run.ts";
import { attemptScope } from "../attempt-scope.ts";

/**
 * Adds items to the job run or queue that this run belongs to, once this attempt has succeeded.
 * Outside a job or queue they are listed in the run's outcome and nothing more. It also extends the timeout.
 */
export function extendPayload(payload: ExtendedPayload | readonly ExtendedPayload[]): void {
  const scope = attemptScope("extendPayload");
  const payloads = Array.isArray(payload) ? (payload as readonly ExtendedPayload[]) : [payload as ExtendedPayload];
  for (const item of payloads) {
    if (typeof item.api !== "string" || item.api === "") throw new TypeError("extendPayload: each item needs `api`, the name of an API.");
    if (!isJsonObject(item.parameters)) throw new TypeError(`extendPayload: \`parameters\` of the item for ${item.api} must be an object.`);
  }
  scope.send({ type: "extend-payload", payloads });
  scope.send({ type: "extend-timeout" });
}
