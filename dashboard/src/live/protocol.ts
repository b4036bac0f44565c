/** What a live view shows, as the server tells it. */
export interface LiveState {
  readonly state: "waiting" | "live" | "ended";
  /** Whether input is taken: for recordings only. */
  readonly interactive: boolean;
  readonly url: string;
  readonly title: string;
  /** CSS pixels of the remote viewport. */
  readonly width: number;
  readonly height: number;
}

/** A text message of the server. */
export type ServerMessage = ({ readonly type: "state" } & LiveState) | { readonly type: "clipboard"; readonly text: string } | { readonly type: "problem"; readonly code: string; readonly message: string };

/** Of the remote mouse. */
export type MouseButton = "left" | "middle" | "right" | "none";

/** A place in the remote viewport, in its CSS pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A message to the server. */
export type ClientMessage =
  | { readonly type: "ack" }
  | ({ readonly type: "mouse"; readonly event: "pressed" | "released" | "moved"; readonly button: MouseButton; readonly clickCount: number; readonly modifiers: number } & Point)
  | ({ readonly type: "wheel"; readonly deltaX: number; readonly deltaY: number; readonly modifiers: number } & Point)
  | { readonly type: "key"; readonly event: "down" | "up"; readonly key: string; readonly code: string; readonly text?: string; readonly modifiers: number }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "touch"; readonly event: "start" | "move" | "end"; readonly points: readonly Point[] }
  | { readonly type: "navigate"; readonly action: "back" | "forward" | "reload" }
  | { readonly type: "copy" }
  | { readonly type: "finish" }
  | { readonly type: "cancel" };

/** What gives a message to the server. */
export type Send = (message: ClientMessage) => void;

/** A text message as it is meant; null: not one of this protocol. */
export function readMessage(text: string): ServerMessage | null {
  try {
    const message = JSON.parse(text) as { readonly type?: unknown };
    return message.type === "state" || message.type === "clipboard" || message.type === "problem" ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Modifier keys as the browser's own protocol counts them. On a Mac, Command is what Control is on the remote machine. */
export function modifiersOf({ altKey, ctrlKey, metaKey, shiftKey }: { readonly altKey: boolean; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly shiftKey: boolean }): number {
  const [isControl, isMeta] = isMac ? [ctrlKey || metaKey, false] : [ctrlKey, metaKey];
  return (altKey ? 1 : 0) + (isControl ? 2 : 0) + (isMeta ? 4 : 0) + (shiftKey ? 8 : 0);
}
