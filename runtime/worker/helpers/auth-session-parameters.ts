import type { JsonObject } from "../../model/json.ts";
import { attemptScope } from "../attempt-scope.ts";

/**
 * The parameters that the auth session of this run was created with.
 *
 * @throws Error when the run has no auth session.
 */
export function getAuthSessionParameters<T extends object = JsonObject>(): T {
  const { authSessionParameters } = attemptScope("getAuthSessionParameters");
  if (authSessionParameters === null) throw new Error("getAuthSessionParameters: this run has no auth session.");
  // The author's type is a promise about what `create` was validated with; it cannot be checked here.
  return structuredClone(authSessionParameters) as T;
}
