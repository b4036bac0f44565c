import type { PromptQuestion } from "../../model/run.ts";
import { attemptScope } from "../attempt-scope.ts";

/** How a question is asked. */
export interface PromptOptions {
  /** The answers to choose from. Default: free text. */
  readonly choices?: readonly string[];
  /** Whether the answer must not be shown while it is typed. Default false. */
  readonly secret?: boolean;
}

/**
 * Asks a human, and waits for the answer: `const code = await prompt("Code from the e-mail")`.
 * In an `async function*` create, `yield prompt(…)` does the same.
 *
 * @throws an error with the code `PROMPT_TIMED_OUT` when nobody answers.
 */
export async function prompt(message: string, options: PromptOptions = {}): Promise<string> {
  const scope = attemptScope("prompt");
  const question: PromptQuestion = {
    kind: options.choices === undefined ? "text" : "choice",
    message,
    secret: options.secret ?? false,
    ...(options.choices !== undefined && { choices: options.choices }),
  };
  const answer = await scope.ask(question);
  // An async generator awaits what it yields, so the runner of `create` is handed this answer, not the question.
  scope.lastAnswer = answer;
  return answer;
}
