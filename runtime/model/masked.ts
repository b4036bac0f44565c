import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { createRedactor, REDACTED } from "./redact.ts";

const SECRET_SINK_KEYS = new Set(["secretAccessKey"]);

/** A copy of a job's or queue's definition for showing: what is secret in sinks, proxies and parameters is masked in its place. */
export function maskDefinition<T extends object>(definition: T): T {
  const json = JSON.parse(JSON.stringify(definition)) as JsonObject;
  const { sink, proxy, payload, parameters, ...rest } = json;
  return {
    ...rest,
    ...(parameters !== undefined && { parameters: isJsonObject(parameters) ? maskSensitive(parameters) : parameters }),
    ...(payload !== undefined && { payload: Array.isArray(payload) ? payload.map((item) => (isJsonObject(item) ? maskDefinition(item) : item)) : payload }),
    ...(sink !== undefined && { sink: isJsonObject(sink) ? maskSink(sink) : sink }),
    ...(proxy !== undefined && { proxy: typeof proxy === "string" ? maskUrl(proxy, false) : proxy }),
  } as unknown as T;
}

function maskSensitive(parameters: JsonObject): JsonObject {
  const redactor = createRedactor();
  redactor.addSensitive(parameters);
  return redactor.value(parameters);
}

function maskSink(sink: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(sink).map(([key, value]) => {
      if (key === "headers" && isJsonObject(value)) return [key, Object.fromEntries(Object.keys(value).map((name) => [name, REDACTED]))];
      if (typeof value !== "string") return [key, value];
      return [key, SECRET_SINK_KEYS.has(key) ? REDACTED : key === "url" ? maskUrl(value, true) : value];
    }),
  );
}

/** Passwords of URLs, and where asked every value of their query. */
function maskUrl(text: string, withQuery: boolean): string {
  if (!URL.canParse(text)) return REDACTED;
  const url = new URL(text);
  const userinfo = url.password === "" ? url.username : `${url.username}:${REDACTED}`;
  const query = withQuery ? [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=${REDACTED}`).join("&") : url.search.slice(1);
  return `${url.protocol}//${userinfo === "" ? "" : `${userinfo}@`}${url.host}${url.pathname === "/" && !text.endsWith("/") ? "" : url.pathname}${query === "" ? "" : `?${query}`}`;
}

/** A definition that was read masked and is written back: what still is masked keeps its secret. */
export function unmaskDefinition<T extends object>(written: T, before: T): T {
  return restore(written as unknown as JsonValue, maskDefinition(before) as unknown as JsonValue, before as unknown as JsonValue) as unknown as T;
}

function restore(written: JsonValue | undefined, masked: JsonValue | undefined, secret: JsonValue | undefined): JsonValue | undefined {
  if (typeof written === "string") return written === masked && written.includes(REDACTED) && secret !== undefined ? secret : written;
  if (Array.isArray(written)) return written.map((item, index) => restore(item, Array.isArray(masked) ? masked[index] : undefined, Array.isArray(secret) ? secret[index] : undefined) ?? null);
  if (!isJsonObject(written)) return written;
  return Object.fromEntries(Object.entries(written).map(([key, item]) => [key, restore(item, isJsonObject(masked) ? masked[key] : undefined, isJsonObject(secret) ? secret[key] : undefined) ?? null]));
}
