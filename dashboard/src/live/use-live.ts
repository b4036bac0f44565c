import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import { readMessage, type LiveState, type Send } from "./protocol.ts";

/** `lost`: it is tried again by itself. `refused`: it could not be opened, and is not tried again. */
export type Connection = "connecting" | "open" | "lost" | "refused" | "ended";

/** A live view as a component shows it. */
export interface Live {
  readonly connection: Connection;
  readonly state: LiveState | null;
  /** Whether a picture has been drawn. */
  readonly hasPicture: boolean;
  /** What the server refused last. */
  readonly problem: string | null;
  /** What was copied on the remote page last. */
  readonly clipboard: { readonly text: string; readonly count: number } | null;
  readonly send: Send;
  readonly retry: () => void;
}

const MAX_TRIES = 5;
const FIRST_PAUSE_MS = 500;

/** Holds a live view's connection, draws its pictures into the canvas, and opens it again when it breaks. */
export function useLive(path: string, canvas: RefObject<HTMLCanvasElement | null>): Live {
  const socket = useRef<WebSocket | null>(null);
  const [round, setRound] = useState(0);
  const [connection, setConnection] = useState<Connection>("connecting");
  const [state, setState] = useState<LiveState | null>(null);
  const [hasPicture, setHasPicture] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [clipboard, setClipboard] = useState<Live["clipboard"]>(null);

  useEffect(() => {
    let isGone = false;
    let hasEnded = false;
    let tries = 0;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const draw = async (data: Blob): Promise<void> => {
      const bitmap = await createImageBitmap(data);
      const target = canvas.current;
      if (target !== null && !isGone) {
        if (target.width !== bitmap.width || target.height !== bitmap.height) [target.width, target.height] = [bitmap.width, bitmap.height];
        target.getContext("2d")?.drawImage(bitmap, 0, 0);
        setHasPicture(true);
      }
      bitmap.close();
    };
    const open = (): void => {
      const next = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
      next.binaryType = "blob";
      socket.current = next;
      next.addEventListener("open", () => {
        tries = 0;
        setConnection("open");
      });
      next.addEventListener("message", ({ data }: MessageEvent<Blob | string>) => {
        if (typeof data !== "string") {
          // Told after it was drawn, or when it cannot be: else the server waits for ever.
          void draw(data)
            .catch(() => undefined)
            .finally(() => (next.readyState === WebSocket.OPEN ? next.send('{"type":"ack"}') : undefined));
          return;
        }
        const message = readMessage(data);
        if (message?.type === "state") {
          hasEnded = message.state === "ended";
          setState(message);
          if (hasEnded) setConnection("ended");
        } else if (message?.type === "clipboard") setClipboard((before) => ({ text: message.text, count: (before?.count ?? 0) + 1 }));
        else if (message?.type === "problem") setProblem(message.message);
      });
      next.addEventListener("close", () => {
        if (isGone || hasEnded) return;
        tries += 1;
        if (tries > MAX_TRIES) {
          setConnection("refused");
          return;
        }
        setConnection("lost");
        timer = setTimeout(open, FIRST_PAUSE_MS * 2 ** (tries - 1));
      });
    };
    setConnection("connecting");
    open();
    return () => {
      isGone = true;
      if (timer !== null) clearTimeout(timer);
      socket.current?.close();
    };
  }, [path, round, canvas]);

  const send = useCallback<Send>((message) => {
    if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(JSON.stringify(message));
  }, []);
  return { connection, state, hasPicture, problem, clipboard, send, retry: () => setRound((before) => before + 1) };
}
