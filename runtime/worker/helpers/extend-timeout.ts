import { attemptScope } from "../attempt-scope.ts";

/** Sets the attempt's timeout back to its full length. Call it in long loops, after each step that went well. */
export function extendTimeout(): void {
  attemptScope("extendTimeout").send({ type: "extend-timeout" });
}
