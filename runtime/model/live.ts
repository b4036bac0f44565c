/** What a viewer does on the page of an interactive run. Coordinates are CSS pixels of the remote viewport; modifiers as in CDP: Alt 1, Ctrl 2, Meta 4, Shift 8. */
export type LiveInput =
  | { readonly type: "mouse"; readonly event: "pressed" | "released" | "moved"; readonly x: number; readonly y: number; readonly button: MouseButton; readonly clickCount?: number; readonly modifiers?: number }
  | { readonly type: "wheel"; readonly x: number; readonly y: number; readonly deltaX: number; readonly deltaY: number; readonly modifiers?: number }
  | { readonly type: "key"; readonly event: "down" | "up"; readonly key: string; readonly code: string; readonly text?: string; readonly modifiers?: number }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "touch"; readonly event: "start" | "move" | "end"; readonly points: readonly { readonly x: number; readonly y: number }[] }
  | { readonly type: "navigate"; readonly action: "back" | "forward" | "reload" }
  | { readonly type: "copy" }
  | { readonly type: "finish" };

/** A button of a mouse; `none` while it only moves. */
export type MouseButton = "left" | "middle" | "right" | "none";

/** What a person does on the page itself. */
export type PageInput = Exclude<LiveInput, { readonly type: "finish" }>;

/** The page that is shown. */
export interface LivePage {
  readonly url: string;
  readonly title: string;
  /** CSS pixels of its viewport. */
  readonly width: number;
  readonly height: number;
}

/** Receives what a screen shows. */
export interface LiveSink {
  /** Called again only when the promise of the last call has settled; frames in between are left out. */
  readonly frame: (jpeg: Buffer) => Promise<void>;
  readonly page: (page: LivePage) => void;
}

/** The pages of a browser context as one screen: the page opened last is the one to see. Disposing stops it for good. */
export interface LiveScreen extends AsyncDisposable {
  /** Begins to send frames. They cost the browser about a core on a busy page, so only while somebody looks. */
  start(sink: LiveSink): Promise<void>;
  stop(): Promise<void>;
  /** Does what a person did. @returns what is selected, for `copy`; null for everything else. */
  act(input: PageInput): Promise<string | null>;
}

/** Where a run shows its browser to whoever looks. */
export interface LiveView {
  /** Shows the screen until it is disposed. */
  show(screen: LiveScreen): AsyncDisposable;
  /**
   * Resolves when a person says that they are done.
   *
   * @throws LatchkeyError `RECORDING_ABANDONED` when nobody looks for too long, or the signal's reason.
   */
  finished(signal: AbortSignal): Promise<void>;
}

/** What a viewer knows already; 0: nothing. */
export interface LiveSeen {
  readonly page: number;
  readonly frame: number;
}

/** What is new to a viewer. */
export interface LiveNews {
  readonly seen: LiveSeen;
  /** Null: as before. */
  readonly page: LivePage | null;
  readonly jpeg: Buffer | null;
}

/** Frames on their way to viewers, and what viewers do on its way back: all of it passes through the database, sealed. */
export interface HostedLive {
  /** Whether somebody has looked at the run within the last seconds. */
  isWatched(runId: string): Promise<boolean>;
  putPage(runId: string, page: LivePage): Promise<void>;
  putFrame(runId: string, jpeg: Buffer): Promise<void>;
  /** Nothing is shown any more. */
  hide(runId: string): Promise<void>;
  /** Says that a viewer looks; to be said again every few seconds. */
  watch(runId: string, viewerId: string): Promise<void>;
  unwatch(runId: string, viewerId: string): Promise<void>;
  /** Null: nothing is shown. */
  look(runId: string, seen: LiveSeen): Promise<LiveNews | null>;
  /** Passes on what a viewer did: together it must fit {@link MAX_INPUT_BYTES} as JSON. */
  sendInputs(runId: string, viewerId: string, inputs: readonly LiveInput[]): Promise<void>;
  /** @throws LatchkeyError `SEAL_KEY_MISMATCH` */
  openInputs(signal: { readonly runId: string; readonly sealed: string }): readonly LiveInput[];
  /** Gives one viewer what was selected. */
  sendSelection(runId: string, viewerId: string, text: string): Promise<void>;
  /** One piece of it. @throws LatchkeyError `SEAL_KEY_MISMATCH` */
  openSelection(signal: { readonly runId: string; readonly sealed: string }): string;
}

/** PostgreSQL carries 8,000 bytes in a signal; sealing makes them half as many again. */
export const MAX_INPUT_BYTES = 4_000;

/** Cuts a text into pieces of so many bytes at most, never within a character. */
export function piecesOf(text: string, maxBytes: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let bytes = 0;
  for (const character of text) {
    const size = Buffer.byteLength(JSON.stringify(character)) - 2;
    if (bytes + size > maxBytes) {
      pieces.push(piece);
      piece = "";
      bytes = 0;
    }
    piece += character;
    bytes += size;
  }
  return piece === "" && pieces.length > 0 ? pieces : [...pieces, piece];
}
