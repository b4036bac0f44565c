/** Any value that survives `JSON.parse(JSON.stringify(value))`. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object: what parameters of APIs and auth sessions are. */
export type JsonObject = { [key: string]: JsonValue };

/** A JSON Schema, draft-07: what the parameter schemas of APIs are written in. */
export type JsonSchema = { [key: string]: JsonValue };

/** JSON with the keys of objects in order: equal values give equal text. */
export function stableText(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: JsonValue) => (isJsonObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item));
}

/** Whether `value` is a plain object with string keys (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
