import { modifiersOf, type Send } from "./protocol.ts";

/** Two presses of Escape within this time leave the remote browser. */
const ESCAPE_MS = 700;
/** What the hidden field holds, so that a phone's keyboard has something to delete. */
const FILLING = "\u200b";

/** Where keyboard input goes. */
export interface KeyboardTarget {
  /** The hidden field that has the focus: it is what brings up a phone's keyboard, and what an input method writes into. */
  readonly field: HTMLTextAreaElement;
  readonly send: Send;
  /** Gives the focus back to the page. */
  readonly leave: () => void;
}

/** Sends what is typed and pasted while the field has the focus. @returns what takes the listeners off. */
export function listenToKeyboard({ field, send, leave }: KeyboardTarget): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const pressed = new Map<string, string>();
  let lastEscapeMs = -Infinity;
  const refill = (): void => {
    field.value = FILLING;
  };
  const press = (key: string): void => {
    for (const event of ["down", "up"] as const) send({ type: "key", event, key, code: key, modifiers: 0 });
  };
  refill();

  field.addEventListener(
    "keydown",
    (event) => {
      // An input method, or a phone's keyboard: what it writes comes as input.
      if (event.isComposing || event.key === "Unidentified" || event.key === "Process" || event.key === "Dead") return;
      const isCommand = event.ctrlKey || event.metaKey;
      const letter = event.key.toLowerCase();
      if (isCommand && letter === "v") return;
      event.preventDefault();
      event.stopPropagation();
      if (isCommand && (letter === "c" || letter === "x")) {
        send({ type: "copy" });
        if (letter === "x") press("Delete");
        return;
      }
      if (event.key === "Escape") {
        if (performance.now() - lastEscapeMs < ESCAPE_MS) {
          leave();
          return;
        }
        lastEscapeMs = performance.now();
      }
      const text = event.key === "Enter" ? "\r" : event.key.length === 1 && !isCommand ? event.key : undefined;
      pressed.set(event.code, event.key);
      send({ type: "key", event: "down", key: event.key, code: event.code, ...(text !== undefined && { text }), modifiers: modifiersOf(event) });
    },
    { signal },
  );
  field.addEventListener(
    "keyup",
    (event) => {
      if (!pressed.delete(event.code)) return;
      event.preventDefault();
      send({ type: "key", event: "up", key: event.key, code: event.code, modifiers: modifiersOf(event) });
    },
    { signal },
  );
  field.addEventListener(
    "input",
    (event) => {
      const { inputType, isComposing } = event;
      if (isComposing) return;
      if (inputType === "deleteContentBackward") press("Backspace");
      else if (inputType === "insertLineBreak") send({ type: "key", event: "down", key: "Enter", code: "Enter", text: "\r", modifiers: 0 });
      else if (field.value.replaceAll(FILLING, "") !== "") send({ type: "text", text: field.value.replaceAll(FILLING, "") });
      refill();
    },
    { signal },
  );
  field.addEventListener(
    "compositionend",
    ({ data }) => {
      if (data !== "") send({ type: "text", text: data });
      refill();
    },
    { signal },
  );
  field.addEventListener(
    "paste",
    (event) => {
      event.preventDefault();
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text !== "") send({ type: "text", text });
    },
    { signal },
  );
  field.addEventListener(
    "blur",
    () => {
      // A key that is held while the focus goes would stay pressed on the remote page.
      for (const [code, key] of pressed) send({ type: "key", event: "up", key, code, modifiers: 0 });
      pressed.clear();
    },
    { signal },
  );
  return () => abort.abort();
}
