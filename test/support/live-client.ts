import { WebSocket } from "ws";
import type { JsonObject } from "../../runtime/model/json.ts";

const PATIENCE_MS = 30_000;

/** A viewer of a live view, which acknowledges every frame. */
export interface LiveClient extends Disposable {
  /** Everything that was told as text, in order. */
  readonly told: readonly JsonObject[];
  readonly frames: readonly Buffer[];
  /** Resolves when it is closed. */
  readonly closed: Promise<void>;
  send(message: JsonObject): void;
  /** Waits until it holds. */
  until(what: string, holds: () => boolean): Promise<void>;
  /** Waits for something told that fits, from now or before. */
  hears(fits: (message: JsonObject) => boolean): Promise<JsonObject>;
  /** Types with the keyboard. */
  type(text: string): void;
  press(key: string, text?: string): void;
  click(x: number, y: number): void;
}

/** Connects; rejects with the HTTP status when the server refuses. */
export async function connectLive(url: string, headers: Readonly<Record<string, string>>): Promise<LiveClient> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), { headers });
  const told: JsonObject[] = [];
  const frames: Buffer[] = [];
  const listeners = new Set<() => void>();
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const changed = (): void => listeners.forEach((listener) => listener());
  const send = (message: JsonObject): void => socket.send(JSON.stringify(message));
  socket.on("message", (data: Buffer, isBinary) => {
    if (isBinary) {
      frames.push(data);
      send({ type: "ack" });
    } else told.push(JSON.parse(data.toString()) as JsonObject);
    changed();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("unexpected-response", (request, response) => {
      reject(new Error(String(response.statusCode)));
      request.destroy();
    });
    socket.on("error", reject);
  });
  const until: LiveClient["until"] = (what, holds) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(new Error(`${what} did not come: ${JSON.stringify(told.slice(-5))}, ${frames.length} frames`))), PATIENCE_MS);
      const look = (): void => {
        if (holds()) end(resolve);
      };
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        listeners.delete(look);
        settle();
      };
      listeners.add(look);
      look();
    });
  const press = (key: string, text?: string): void => {
    const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
    send({ type: "key", event: "down", key, code, ...(text !== undefined && { text }) });
    send({ type: "key", event: "up", key, code });
  };
  return {
    told,
    frames,
    closed,
    send,
    until,
    async hears(fits) {
      await until("the message", () => told.some(fits));
      return told.find(fits) ?? {};
    },
    type: (text) => [...text].forEach((character) => press(character, character)),
    press,
    click(x, y) {
      send({ type: "mouse", event: "moved", x, y, button: "none" });
      send({ type: "mouse", event: "pressed", x, y, button: "left", clickCount: 1 });
      send({ type: "mouse", event: "released", x, y, button: "left", clickCount: 1 });
    },
    [Symbol.dispose]: () => socket.close(),
  };
}
