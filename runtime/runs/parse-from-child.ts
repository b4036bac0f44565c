import { Ajv, type JSONSchemaType } from "ajv";
import { ERRORS } from "../model/errors.ts";
import type { FromChild } from "../model/worker-protocol.ts";

const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;
const error = {
  type: "object",
  required: ["code", "message", "hint", "retriable"],
  properties: { code: { enum: Object.keys(ERRORS) }, message: text, hint: text, retriable: { type: "boolean" }, where: text, stack: text, details: { type: "object" } },
} as const;
const question = {
  type: "object",
  required: ["kind", "message", "secret"],
  properties: { kind: { enum: ["text", "choice"] }, message: text, secret: { type: "boolean" }, choices: { type: "array", items: text } },
} as const;
const payload = { type: "object", required: ["api", "parameters"], properties: { api: text, parameters: { type: "object" } } } as const;

const kind = (type: FromChild["type"], properties: Record<string, unknown> = {}, required: readonly string[] = Object.keys(properties)) => ({
  type: "object",
  required: ["type", ...required],
  properties: { type: { const: type }, ...properties },
});

// Author code shares the child's process, so it can send whatever it likes: everything is checked.
const SCHEMA = {
  oneOf: [
    kind("ready"),
    kind("attached"),
    kind("returned", { callId: count, value: {} }),
    kind("threw", { callId: count, error }),
    kind("log", { level: { enum: ["debug", "info", "warn", "error"] }, message: text }),
    kind("prompt", { promptId: count, question }),
    kind("extend-timeout"),
    kind("extend-payload", { payloads: { type: "array", items: payload, maxItems: 10_000 } }),
    kind("values", { requestId: count, operation: { enum: ["get", "set", "delete", "list"] }, key: { type: "string", maxLength: 1_024 }, value: {} }, ["requestId", "operation", "key"]),
    kind("file", { name: text }),
  ],
} as unknown as JSONSchemaType<FromChild>;

const validate = new Ajv({ strict: false }).compile(SCHEMA);

/** A message of the child, or null when it is none. */
export function parseFromChild(raw: unknown): FromChild | null {
  return validate(raw) ? raw : null;
}
