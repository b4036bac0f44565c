import { LatchkeyError } from "./errors.ts";
import { isJsonObject, stableText, type JsonObject, type JsonValue } from "./json.ts";
import { createRedactor, REDACTED } from "./redact.ts";

const SECRET_SINK_KEYS = new Set(["secretAccessKey"]);

/** A copy of a job's or queue's definition for showing: what is secret in sinks, proxies and parameters is masked in its place. */
export function maskDefinition<T extends object>(definition: T): T {
  const json = toJson(definition);
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
    Object.entries(sink).map(([key, value]): [string, JsonValue] => {
      if (key === "headers" && isJsonObject(value)) return [key, Object.fromEntries(Object.keys(value).map((name) => [name, REDACTED]))];
      if (typeof value !== "string") return [key, value];
      return [key, SECRET_SINK_KEYS.has(key) ? REDACTED : key === "url" ? maskUrl(value, true) : value];
    }),
  );
}

/** Chat services put what lets one post into the path of a webhook's address. */
const TOKEN_IN_PATH = /^(?=.*\d)(?=.*[A-Za-z])[\w-]{16,}$/;

/** Passwords of URLs, a user name that stands alone, which is a token then, and of sinks every value of the query and tokens in the path. */
function maskUrl(text: string, ofSink: boolean): string {
  if (!URL.canParse(text)) return REDACTED;
  const url = new URL(text);
  const userinfo = url.username === "" && url.password === "" ? "" : `${url.password === "" ? REDACTED : `${url.username}:${REDACTED}`}@`;
  const path = ofSink ? url.pathname.split("/").map((segment) => (TOKEN_IN_PATH.test(segment) ? REDACTED : segment)).join("/") : url.pathname;
  const query = ofSink ? [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=${REDACTED}`).join("&") : url.search.slice(1);
  return `${url.protocol}//${userinfo}${url.host}${path === "/" && !text.endsWith("/") ? "" : path}${query === "" ? "" : `?${query}`}`;
}

/**
 * A definition that was read masked and is written back: what still is masked keeps its secret. A sink keeps its secrets only
 * while it goes to the same place, and a payload only while the rest of it is as it was: nobody gets another's secret.
 */
export function unmaskDefinition<T extends object>(written: T, before: T): T {
  const [now, then, masked] = [toJson(written), toJson(before), toJson(maskDefinition(before))];
  const { sink, payload, ...rest } = now;
  const sinkBefore = then["sink"];
  const payloadBefore = then["payload"];
  return {
    ...toObject(restore(rest, masked, then)),
    ...(payload !== undefined && { payload: Array.isArray(payload) && Array.isArray(payloadBefore) ? restoreItems(payload, payloadBefore) : payload }),
    ...(sink !== undefined && { sink: isJsonObject(sink) && isJsonObject(sinkBefore) && isSamePlace(sink, sinkBefore) ? restore(sink, maskSink(sinkBefore), sinkBefore) : sink }),
  } as unknown as T;
}

function toJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function toObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Each payload gets the secrets of the one that looks the same when it is masked. @throws LatchkeyError `JOB_INVALID` */
function restoreItems(written: readonly JsonValue[], before: readonly JsonValue[]): JsonValue[] {
  const looksOf = (item: JsonValue): string => stableText(isJsonObject(item) ? maskDefinition(item) : item);
  const known = Map.groupBy(before, looksOf);
  const wanted = Map.groupBy(written, (item) => stableText(item));
  const used = new Map<string, number>();
  return written.map((item) => {
    const text = stableText(item);
    const alike = known.get(text) ?? [];
    const [first] = alike;
    if (!text.includes(REDACTED) || first === undefined) return item;
    // Payloads that differ in nothing but their secrets: with one of them gone nobody knows which.
    if (alike.length !== wanted.get(text)?.length && new Set(alike.map(stableText)).size > 1) throw new LatchkeyError("JOB_INVALID", "Several payloads differ only in what is masked, and one of them was added or removed.", { hint: "Write the secrets of these payloads out." });
    const place = used.get(text) ?? 0;
    used.set(text, place + 1);
    return alike[place] ?? first;
  });
}

const PLACE_KEYS = ["type", "bucket", "endpoint", "region"];

function isSamePlace(written: JsonObject, before: JsonObject): boolean {
  const masked = maskSink(before);
  return PLACE_KEYS.every((key) => written[key] === before[key]) && hostOf(written["url"]) === hostOf(masked["url"]);
}

function hostOf(url: JsonValue | undefined): string | null {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).origin : null;
}

function restore(written: JsonValue | undefined, masked: JsonValue | undefined, secret: JsonValue | undefined): JsonValue | undefined {
  if (typeof written === "string") return written === masked && written.includes(REDACTED) && secret !== undefined ? secret : written;
  if (Array.isArray(written)) return written.map((item, index) => restore(item, Array.isArray(masked) ? masked[index] : undefined, Array.isArray(secret) ? secret[index] : undefined) ?? null);
  if (!isJsonObject(written)) return written;
  return Object.fromEntries(Object.entries(written).map(([key, item]) => [key, restore(item, isJsonObject(masked) ? masked[key] : undefined, isJsonObject(secret) ? secret[key] : undefined) ?? null]));
}
