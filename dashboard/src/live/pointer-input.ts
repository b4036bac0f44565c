import { modifiersOf, type MouseButton, type Point, type Send } from "./protocol.ts";

const BUTTONS: readonly MouseButton[] = ["left", "middle", "right"];

/** Where pointer input goes. */
export interface PointerTarget {
  readonly canvas: HTMLCanvasElement;
  readonly send: Send;
  /** Size of the remote viewport now. */
  readonly size: () => { readonly width: number; readonly height: number };
  /** Whether the wheel scrolls the remote page: else it scrolls this one. */
  readonly isFocused: () => boolean;
  readonly focus: () => void;
  /** What two fingers move around in; null: the whole picture is seen, so that they go to the remote page. */
  readonly panned: () => HTMLElement | null;
}

/** Sends what mouse, wheel and fingers do on the canvas. Listeners are the browser's own: React's cannot keep the page from scrolling. @returns what takes them off. */
export function listenToPointer({ canvas, send, size, isFocused, focus, panned }: PointerTarget): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  let moved: (() => void) | null = null;
  let frame = 0;
  let isPressed = false;
  const toPoint = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const remote = size();
    const clamp = (value: number, max: number): number => Math.round(Math.min(Math.max(value, 0), max) * 10) / 10;
    return { x: clamp(((clientX - left) / width) * remote.width, remote.width), y: clamp(((clientY - top) / height) * remote.height, remote.height) };
  };
  const flush = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    moved?.();
    moved = null;
  };
  /** Of many moves between two pictures only the last one matters. */
  const later = (action: () => void): void => {
    moved = action;
    if (frame === 0) frame = requestAnimationFrame(flush);
  };
  const mouse = (event: MouseEvent, kind: "pressed" | "released" | "moved"): void => {
    const held = (event.buttons & 1) !== 0 ? "left" : (event.buttons & 2) !== 0 ? "right" : (event.buttons & 4) !== 0 ? "middle" : "none";
    send({ type: "mouse", event: kind, ...toPoint(event), button: kind === "moved" ? held : (BUTTONS[event.button] ?? "none"), clickCount: kind === "moved" ? 0 : Math.max(1, event.detail), modifiers: modifiersOf(event) });
  };
  let middle: Point | null = null;
  /** Two fingers on an enlarged picture move it about. @returns whether that is what they do. */
  const pan = ({ touches }: TouchEvent): boolean => {
    const [first, second] = touches;
    const box = panned();
    if (first === undefined || second === undefined || box === null) return middle !== null;
    const next = { x: (first.clientX + second.clientX) / 2, y: (first.clientY + second.clientY) / 2 };
    if (middle === null) send({ type: "touch", event: "end", points: [] });
    else box.scrollBy(middle.x - next.x, middle.y - next.y);
    middle = next;
    return true;
  };
  const touch = (event: TouchEvent, kind: "start" | "move" | "end"): void => {
    const points = [...event.touches].map(toPoint);
    event.preventDefault();
    if (pan(event)) {
      if (event.touches.length === 0) middle = null;
      return;
    }
    if (kind === "move") later(() => send({ type: "touch", event: kind, points }));
    else {
      flush();
      send({ type: "touch", event: kind, points });
    }
  };

  canvas.addEventListener(
    "mousedown",
    (event) => {
      event.preventDefault();
      focus();
      flush();
      isPressed = true;
      mouse(event, "pressed");
    },
    { signal },
  );
  canvas.addEventListener("mousemove", (event) => later(() => mouse(event, "moved")), { signal });
  // A drag may leave the canvas, and end outside.
  window.addEventListener("mousemove", (event) => (isPressed && event.target !== canvas ? later(() => mouse(event, "moved")) : undefined), { signal });
  window.addEventListener(
    "mouseup",
    (event) => {
      if (!isPressed) return;
      isPressed = event.buttons !== 0;
      flush();
      mouse(event, "released");
    },
    { signal },
  );
  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!isFocused()) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? size().height : 1;
      send({ type: "wheel", ...toPoint(event), deltaX: event.deltaX * unit, deltaY: event.deltaY * unit, modifiers: modifiersOf(event) });
    },
    { signal, passive: false },
  );
  canvas.addEventListener("touchstart", (event) => touch(event, "start"), { signal, passive: false });
  canvas.addEventListener("touchmove", (event) => touch(event, "move"), { signal, passive: false });
  canvas.addEventListener("touchend", (event) => touch(event, "end"), { signal, passive: false });
  canvas.addEventListener("touchcancel", (event) => touch(event, "end"), { signal, passive: false });
  return () => {
    cancelAnimationFrame(frame);
    abort.abort();
  };
}
