import { createInterface, type Interface } from "node:readline";
import { LatchkeyError } from "../model/errors.ts";
import type { AskHuman, PromptQuestion } from "../model/run.ts";
import type { CliContext } from "./cli-context.ts";

/** Asks in the terminal; without one, takes lines of standard input as answers, so that scripts can give them. */
export function createAskHuman(context: CliContext, options: { readonly stdinIsTaken: boolean; readonly pauseProgress: () => void }): AskHuman {
  let lines: AsyncIterator<string> | null = null;
  let reader: Interface | null = null;
  return async (question, signal) => {
    options.pauseProgress();
    if (context.stdin.isTTY === true && context.stderr.isTTY === true) return askInTerminal(question, signal, context);
    if (options.stdinIsTaken) throw noAnswer(question, "standard input was used for the parameters");
    context.tell(`question: ${question.message}${question.choices === undefined ? "" : ` (${question.choices.join(" | ")})`}`);
    reader ??= createInterface({ input: context.stdin });
    lines ??= reader[Symbol.asyncIterator]();
    const late = new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(noAnswer(question, "nobody answered in time")), { once: true }));
    late.catch(() => undefined);
    const line = await Promise.race([lines.next(), late]);
    if (line.done === true) throw noAnswer(question, "there is no terminal, and standard input has no line for it");
    return chosen(question, line.value.trim());
  };
}

function noAnswer(question: PromptQuestion, why: string): LatchkeyError {
  return new LatchkeyError("PROMPT_TIMED_OUT", `The question "${question.message.split("\n").at(-1) ?? ""}" was not answered: ${why}.`, { hint: "Run it in a terminal, or give the answers as lines of standard input." });
}

/** A choice may be answered by its number. */
function chosen({ choices }: PromptQuestion, answer: string): string {
  return choices === undefined ? answer : (choices[Number(answer) - 1] ?? answer);
}

async function askInTerminal(question: PromptQuestion, signal: AbortSignal, { stdin, stderr }: CliContext): Promise<string> {
  const prompts = await import("@inquirer/prompts");
  const io = { input: stdin, output: stderr as NodeJS.WritableStream, signal };
  try {
    if (question.choices !== undefined) return await prompts.select({ message: question.message, choices: [...question.choices] }, io);
    return question.secret ? await prompts.password({ message: question.message, mask: true }, io) : await prompts.input({ message: question.message }, io);
  } catch (cause) {
    throw signal.aborted ? noAnswer(question, "nobody answered in time") : new LatchkeyError("CANCELED", "Canceled.", { cause });
  }
}
