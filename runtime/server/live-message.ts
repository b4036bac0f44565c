import { Ajv } from "ajv";
import { LatchkeyError } from "../model/errors.ts";
import type { LiveInput } from "../model/live.ts";

/** What a viewer may send: see docs/api.md. */
export type LiveMessage = LiveInput | { readonly type: "ack" } | { readonly type: "cancel" };

/** The longest text that is pasted at once. */
export const MAX_TEXT_CHARS = 50_000;
const place = { type: "number", minimum: 0, maximum: 20_000 };
const distance = { type: "number", minimum: -100_000, maximum: 100_000 };
const modifiers = { type: "integer", minimum: 0, maximum: 15 };
const word = (maxLength: number): object => ({ type: "string", maxLength });

const message = (type: LiveMessage["type"], properties: Readonly<Record<string, object>> = {}, optional: Readonly<Record<string, object>> = {}): object => ({
  type: "object",
  additionalProperties: false,
  properties: { type: { const: type }, ...properties, ...optional },
  required: ["type", ...Object.keys(properties)],
});

/** The messages' JSON Schema, chosen by `type`. */
const SCHEMA = {
  type: "object",
  required: ["type"],
  discriminator: { propertyName: "type" },
  oneOf: [
    message("ack"),
    message("mouse", { event: { enum: ["pressed", "released", "moved"] }, x: place, y: place, button: { enum: ["left", "middle", "right", "none"] } }, { clickCount: { type: "integer", minimum: 0, maximum: 3 }, modifiers }),
    message("wheel", { x: place, y: place, deltaX: distance, deltaY: distance }, { modifiers }),
    message("key", { event: { enum: ["down", "up"] }, key: word(32), code: word(32) }, { text: word(16), modifiers }),
    message("text", { text: word(MAX_TEXT_CHARS) }),
    message("touch", { event: { enum: ["start", "move", "end"] }, points: { type: "array", maxItems: 10, items: { type: "object", additionalProperties: false, required: ["x", "y"], properties: { x: place, y: place } } } }),
    message("navigate", { action: { enum: ["back", "forward", "reload"] } }),
    message("copy"),
    message("finish"),
    message("cancel"),
  ],
};

const fits = new Ajv({ discriminator: true, strict: false }).compile<LiveMessage>(SCHEMA);

/** Reads what a viewer sent. @throws LatchkeyError `REQUEST_INVALID`, which tells nothing of what was typed. */
export function parseLiveMessage(text: string): LiveMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LatchkeyError("REQUEST_INVALID", "The message is not JSON.");
  }
  if (fits(value)) return value;
  const [first] = fits.errors ?? [];
  throw new LatchkeyError("REQUEST_INVALID", `The message is not one of the live view's: ${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}.`);
}
