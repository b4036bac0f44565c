import { MAX_INPUT_BYTES, piecesOf, type LiveInput } from "../model/live.ts";

/** Room for what is around the text of a message. */
const TEXT_BYTES = MAX_INPUT_BYTES - 100;
/** Whoever is this far ahead of the browser is no person. */
const MAX_WAITING = 500;

/** Passes on what one viewer does, in order: what gathers while some of it is on its way goes with the next. */
export interface InputSender {
  /** False: too much waits already, and it was left out. */
  add(input: LiveInput): boolean;
}

/** A sender on `send`, which takes what fits {@link MAX_INPUT_BYTES}. */
export function createInputSender(send: (inputs: readonly LiveInput[]) => Promise<void>, onError: (thrown: unknown) => void): InputSender {
  let waiting: LiveInput[] = [];
  let isSending = false;
  const pump = async (): Promise<void> => {
    isSending = true;
    while (waiting.length > 0) {
      const count = countThatFits(waiting);
      const batch = waiting.slice(0, count);
      waiting = waiting.slice(count);
      await send(batch).catch(onError);
    }
    isSending = false;
  };
  return {
    add(input) {
      if (waiting.length >= MAX_WAITING) return false;
      const last = waiting.at(-1);
      // Of a move only the end counts, unless something was done on the way.
      if (isMove(input) && last !== undefined && isMove(last)) waiting.pop();
      if (input.type === "text") waiting.push(...piecesOf(input.text, TEXT_BYTES).map((text) => ({ type: "text" as const, text })));
      else waiting.push(input);
      if (!isSending) void pump();
      return true;
    },
  };
}

function isMove(input: LiveInput): boolean {
  return input.type === "mouse" && input.event === "moved";
}

function countThatFits(inputs: readonly LiveInput[]): number {
  let bytes = 2;
  for (const [index, input] of inputs.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(input)) + 1;
    if (bytes > MAX_INPUT_BYTES && index > 0) return index;
  }
  return inputs.length;
}
