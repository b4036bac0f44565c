import type { CDPSession } from "puppeteer-core";
import type { MouseButton, PageInput } from "../model/live.ts";
import { keyCodeOf } from "./key-codes.ts";

/** A page that is busy, or shows a dialog, answers late or never; the next input must not wait for it. */
const ANSWER_MS = 1_000;
const BUTTONS: Readonly<Record<MouseButton, number>> = { none: 0, left: 1, right: 2, middle: 4 };
const CTRL_OR_META = 2 | 4;
const SHIFT = 8;
const MAX_SELECTION_CHARS = 100_000;

/** Does on a page what people do elsewhere. It remembers which buttons are held. */
export function createInputDispatcher(): (session: CDPSession, input: PageInput) => Promise<string | null> {
  let held = 0;
  return async (session, input) => {
    if (input.type === "copy") return selectionOf(session);
    await Promise.race([dispatch(session, input).catch(() => undefined), new Promise((resolve) => setTimeout(resolve, ANSWER_MS).unref())]);
    return null;
  };

  async function dispatch(session: CDPSession, input: Exclude<PageInput, { readonly type: "copy" }>): Promise<void> {
    switch (input.type) {
      case "mouse": {
        const { event, x, y, button, clickCount = 0, modifiers = 0 } = input;
        if (event === "pressed") held |= BUTTONS[button];
        if (event === "released") held &= ~BUTTONS[button];
        const type = ({ pressed: "mousePressed", released: "mouseReleased", moved: "mouseMoved" } as const)[event];
        await session.send("Input.dispatchMouseEvent", { type, x, y, button: event === "moved" ? heldButton(held) : button, buttons: held, clickCount, modifiers });
        return;
      }
      case "wheel": {
        const { x, y, deltaX, deltaY, modifiers = 0 } = input;
        await session.send("Input.dispatchMouseEvent", { type: "mouseWheel", x, y, deltaX, deltaY, modifiers });
        return;
      }
      case "key": {
        const { event, key, code, text, modifiers = 0 } = input;
        const types = event === "down" && text !== undefined && text !== "";
        const commands = event === "down" ? commandsOf(key, modifiers) : [];
        await session.send("Input.dispatchKeyEvent", { type: event === "up" ? "keyUp" : types ? "keyDown" : "rawKeyDown", key, code, modifiers, windowsVirtualKeyCode: keyCodeOf(key, code), ...(types && { text, unmodifiedText: text }), ...(commands.length > 0 && { commands }) });
        return;
      }
      case "text":
        await session.send("Input.insertText", { text: input.text });
        return;
      case "touch": {
        const type = ({ start: "touchStart", move: "touchMove", end: "touchEnd" } as const)[input.event];
        await session.send("Input.dispatchTouchEvent", { type, touchPoints: input.event === "end" ? [] : input.points.map(({ x, y }) => ({ x, y })) });
        return;
      }
      case "navigate":
        await navigate(session, input.action);
    }
  }
}

/** What the person's own system may call otherwise: Meta stands for Ctrl on a Mac. */
function commandsOf(key: string, modifiers: number): string[] {
  if ((modifiers & CTRL_OR_META) === 0) return [];
  const lower = key.toLowerCase();
  if (lower === "a") return ["selectAll"];
  if (lower === "z") return [(modifiers & SHIFT) === 0 ? "undo" : "redo"];
  return [];
}

function heldButton(held: number): MouseButton {
  return (Object.keys(BUTTONS) as MouseButton[]).find((button) => (held & BUTTONS[button]) !== 0) ?? "none";
}

async function navigate(session: CDPSession, action: "back" | "forward" | "reload"): Promise<void> {
  if (action === "reload") return session.send("Page.reload");
  const { currentIndex, entries } = await session.send("Page.getNavigationHistory");
  const entry = entries[currentIndex + (action === "back" ? -1 : 1)];
  if (entry !== undefined) await session.send("Page.navigateToHistoryEntry", { entryId: entry.id });
}

async function selectionOf(session: CDPSession): Promise<string> {
  const asked = session.send("Runtime.evaluate", { expression: `(${String(readSelection)})()`, returnByValue: true }).then(({ result }) => (typeof result.value === "string" ? result.value.slice(0, MAX_SELECTION_CHARS) : ""));
  return Promise.race([asked.catch(() => ""), new Promise<string>((resolve) => setTimeout(() => resolve(""), ANSWER_MS).unref())]);
}

/** Runs in the page. What a browser does not let people copy, it does not either. */
function readSelection(): string {
  let view: Window = window;
  let active = document.activeElement;
  while (active !== null) {
    if (active.shadowRoot?.activeElement != null) active = active.shadowRoot.activeElement;
    else if (active instanceof HTMLIFrameElement && active.contentDocument !== null && active.contentWindow !== null) {
      view = active.contentWindow;
      active = active.contentDocument.activeElement;
    } else break;
  }
  const field = active as HTMLInputElement | null;
  const isField = field?.tagName === "INPUT" || field?.tagName === "TEXTAREA";
  if (isField && field !== null && field.type !== "password" && field.selectionStart !== null) return field.value.slice(field.selectionStart, field.selectionEnd ?? undefined);
  return view.getSelection()?.toString() ?? "";
}
