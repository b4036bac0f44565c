import { pathToFileURL } from "node:url";
import type { BrowserContext, Page } from "puppeteer-core";
import { LatchkeyError } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import type { CallMessage } from "../model/worker-protocol.ts";
import { answerGenerator, isGenerator } from "./answer-generator.ts";
import type { AttemptScope } from "./attempt-scope.ts";
import { toJsonResult } from "./json-result.ts";

/** Imports the module of a call and runs its default export with the arguments of its kind. */
export async function callFunction(call: CallMessage, page: Page, context: BrowserContext, scope: AttemptScope): Promise<JsonValue> {
  const run = await importDefault(call.module, call.source);
  if (call.kind === "check") return checkResult(await run(page, context), call.source);
  if (call.kind === "create") {
    const made = await run(call.parameters, page, context);
    if (isGenerator(made)) await answerGenerator(made, scope);
    return null;
  }
  const result = toJsonResult(await run(call.parameters, page, context));
  if ("value" in result) return result.value;
  const { path, what } = result.problem;
  throw new LatchkeyError("RESULT_NOT_JSON", `${call.source} returned ${what} at ${path}, which JSON cannot hold.`);
}

/** A function of the author's; what it takes depends on the file. */
export type AuthorFunction = (...values: readonly unknown[]) => unknown;

/**
 * The default export of a compiled file.
 *
 * @throws LatchkeyError `API_INVALID`, or whatever the file throws when it is loaded.
 */
export async function importDefault(module: string, source: string): Promise<AuthorFunction> {
  const loaded = (await import(pathToFileURL(module).href)) as { readonly default?: unknown };
  // A CommonJS-flavoured file may have its function one level deeper.
  const candidate = typeof loaded.default === "object" && loaded.default !== null && "default" in loaded.default ? loaded.default.default : loaded.default;
  if (typeof candidate !== "function") throw new LatchkeyError("API_INVALID", `The default export of ${source} is not a function.`);
  return (...values) => Reflect.apply(candidate, undefined, values) as unknown;
}

function checkResult(value: unknown, source: string): boolean {
  if (typeof value === "boolean") return value;
  throw new LatchkeyError("CHECK_NOT_BOOLEAN", `${source} returned ${value === undefined ? "nothing" : `a value of type ${value === null ? "null" : typeof value}`}, not true or false.`);
}
