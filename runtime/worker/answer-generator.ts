import { isJsonObject } from "../model/json.ts";
import type { PromptQuestion } from "../model/run.ts";
import type { AttemptScope } from "./attempt-scope.ts";

/** Whether `create` is an `async function*`. */
export function isGenerator(value: unknown): value is AsyncGenerator<unknown, unknown, string> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value;
}

/** Runs a generator `create` to its end, answering each question it yields. */
export async function answerGenerator(generator: AsyncGenerator<unknown, unknown, string>, scope: AttemptScope): Promise<void> {
  let step = await generator.next();
  while (step.done !== true) {
    const answer = await answerTo(step.value, scope);
    scope.lastAnswer = null;
    step = await generator.next(answer);
  }
}

async function answerTo(yielded: unknown, scope: AttemptScope): Promise<string> {
  if (typeof yielded === "string" && yielded === scope.lastAnswer) return yielded;
  return scope.ask(questionOf(yielded));
}

/** What a yielded value asks: a text, or the older protocol's `{action: "request_more_info", …}`. */
function questionOf(yielded: unknown): PromptQuestion {
  if (typeof yielded === "string") return { kind: "text", message: yielded, secret: false };
  if (isJsonObject(yielded) && yielded["action"] === "request_more_info") {
    const { messageToUser, requestType, choices } = yielded;
    const message = typeof messageToUser === "string" ? messageToUser : "More information is needed";
    if (requestType !== "multiple_choice") return { kind: "text", message, secret: false };
    if (!Array.isArray(choices) || choices.length === 0) throw new TypeError("create yielded a multiple_choice question without choices.");
    return { kind: "choice", message, choices: choices.map(String), secret: false };
  }
  throw new TypeError("create yielded something that is not a question: yield prompt(…), a text, or {action: \"request_more_info\", …}.");
}
