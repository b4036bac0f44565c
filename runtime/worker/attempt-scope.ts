import type { JsonObject, JsonValue } from "../model/json.ts";
import type { PromptQuestion } from "../model/run.ts";
import type { FromChild, RunInfo, ValuesRequest } from "../model/worker-protocol.ts";

/** What the helpers of "latchkey" work on: the one attempt of this process. */
export interface AttemptScope {
  readonly runInfo: RunInfo;
  readonly filesDir: string;
  readonly storeFile: string | null;
  readonly authSessionParameters: JsonObject | null;
  readonly attemptStore: Map<string, unknown>;
  /** Tells the parent. */
  readonly send: (message: FromChild) => void;
  /** Asks a human through the parent. */
  readonly ask: (question: PromptQuestion) => Promise<string>;
  /** Asks the persistent store that the parent keeps. */
  readonly askValues: (request: Omit<ValuesRequest, "type" | "requestId">) => Promise<JsonValue | undefined>;
  /** The answer that was given last, until a generator's `yield` has taken it. */
  lastAnswer: string | null;
}

// The child is one bundle and "latchkey" is another module instance, so they meet in a global.
const KEY = Symbol.for("latchkey.attempt-scope");

interface ScopeHolder {
  [KEY]?: AttemptScope;
}

/** Makes the scope known to the helpers. */
export function enterAttemptScope(scope: AttemptScope): void {
  (globalThis as ScopeHolder)[KEY] = scope;
}

/**
 * The scope of the running attempt.
 *
 * @throws Error when called outside a run, naming the helper.
 */
export function attemptScope(helper: string): AttemptScope {
  const scope = (globalThis as ScopeHolder)[KEY];
  if (scope === undefined) throw new Error(`${helper} works inside a run only; start the code with: latchkey run`);
  return scope;
}
