import { isJsonObject, type JsonObject } from "../model/json.ts";

/** Settings of an Intuned project in our words, and the keys that have none. */
export interface Translated {
  readonly settings: JsonObject;
  readonly ignored: readonly string[];
}

const MS_PER_SECOND = 1_000;
/** Keys that say something about Intuned's own platform only. */
const SILENT = new Set(["workspaceId", "version", "$schema", "metadata"]);

/** Translates `Intuned.json` (its public v1 and v2 settings). */
export function translateIntuned(value: unknown): Translated {
  if (!isJsonObject(value)) return { settings: {}, ignored: [] };
  const authSessions: JsonObject = {};
  const browser: JsonObject = {};
  const run: JsonObject = {};
  const settings: JsonObject = { authSessions, browser, run };
  const ignored: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (key === "projectName" && typeof item === "string") settings["name"] = item;
    else if (key === "headful" && typeof item === "boolean") browser["headless"] = item ? false : "shell";
    else if (key === "browserSize" && isJsonObject(item)) browser["viewport"] = item;
    else if (key === "authSessions" && isJsonObject(item)) translateAuthSessions(item, authSessions, ignored);
    else if (key === "defaults" && isJsonObject(item)) translateDefaults(item, run, ignored);
    else if (key === "replication" && isJsonObject(item)) {
      if (typeof item["maxConcurrentRequests"] === "number") settings["replication"] = { maxConcurrentRequests: item["maxConcurrentRequests"] };
    } else if (!SILENT.has(key)) ignored.push(key);
  }
  return { settings, ignored };
}

function translateAuthSessions(from: JsonObject, to: JsonObject, ignored: string[]): void {
  for (const [key, item] of Object.entries(from)) {
    if (key === "enabled" && typeof item === "boolean") to["enabled"] = item;
    else if (key === "type") to["type"] = item === "MANUAL" ? "recorded" : "credentials";
    else if (key === "startUrl" && typeof item === "string") to["startUrl"] = item;
    else if (key === "finishUrl" && typeof item === "string") to["finish"] = { urlStartsWith: item };
    else ignored.push(`authSessions.${key}`);
  }
}

function translateDefaults(from: JsonObject, to: JsonObject, ignored: string[]): void {
  for (const [key, item] of Object.entries(from)) {
    if (key === "requestTimeout" && typeof item === "number") to["timeoutMs"] = item * MS_PER_SECOND;
    else if (key === "retry" && isJsonObject(item)) to["retry"] = item;
    else ignored.push(`defaults.${key}`);
  }
}
