import { isJsonObject } from "../model/json.ts";
import type { ToChild } from "../model/worker-protocol.ts";

const TYPES = new Set(["attach", "call", "answer", "values-answer", "end"]);

/** A message of the parent. It comes from our own code over a private channel, so only its kind is looked at. */
export function parseToChild(raw: unknown): ToChild {
  if (!isJsonObject(raw) || typeof raw["type"] !== "string" || !TYPES.has(raw["type"])) throw new TypeError("The parent sent something that is no message.");
  return raw as unknown as ToChild;
}
