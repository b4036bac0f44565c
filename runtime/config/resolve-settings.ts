import { Ajv, type ErrorObject } from "ajv";
import { closest } from "../model/closest.ts";
import { LatchkeyError } from "../model/errors.ts";
import { isJsonObject } from "../model/json.ts";
import type { Settings } from "../model/settings.ts";
import { environmentVariableOf, TYPES } from "./option.ts";
import { OPTIONS } from "./options.ts";
import { parseDurationMs } from "./parse-duration.ts";

/** Where settings come from, weakest first. */
export interface SettingsSources {
  readonly defaultName: string;
  /** Whether the project has the files of auth sessions: the default of `authSessions.enabled`. */
  readonly hasAuthSessions: boolean;
  /** The settings file's content. */
  readonly file: unknown;
  /** Where a path is in the file, for messages: `latchkey.jsonc:4:3`. */
  readonly locate: (path: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flags of the command line, by path. */
  readonly overrides: Readonly<Record<string, unknown>>;
}

/**
 * Settings from all sources: default < file < environment < flag.
 *
 * @throws LatchkeyError `SETTINGS_INVALID` that names every mistake.
 */
export function resolveSettings(sources: SettingsSources): Settings {
  const { file, locate, env, overrides, defaultName, hasAuthSessions } = sources;
  const problems: string[] = [];
  const values = new Map<string, unknown>();
  if (file !== null && !isJsonObject(file)) problems.push(`${locate("")}: the settings must be an object.`);
  else findUnknownKeys(file ?? {}, "", (path) => problems.push(unknownKey(path, locate)));
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  const check = (path: string, value: unknown, schema: object, where: string): boolean => {
    const validate = ajv.compile(schema);
    if (!validate(value)) problems.push(`${where}: ${path} ${describe(validate.errors?.[0])}.`);
    else if (isDuration(schema) && typeof value === "string" && parseDurationMs(value) === null) problems.push(`${where}: ${path} must be milliseconds or a text like "10m".`);
    else return true;
    return false;
  };
  for (const { path, schema, default: fallback } of OPTIONS) {
    values.set(path, fallback);
    const inFile = lookUp(file, path);
    if (inFile !== undefined && check(path, inFile, schema, locate(path))) values.set(path, inFile);
    const variable = environmentVariableOf(path);
    const text = env[variable];
    if (text !== undefined && text !== "") {
      const value = parseText(text, schema);
      if (check(path, value, schema, `environment variable ${variable}`)) values.set(path, value);
    }
    if (path in overrides && check(path, overrides[path], schema, "command line")) values.set(path, overrides[path]);
    const value = values.get(path);
    if (isDuration(schema) && typeof value === "string") values.set(path, parseDurationMs(value));
  }
  if (problems.length > 0) throw new LatchkeyError("SETTINGS_INVALID", problems.length === 1 ? (problems[0] ?? "") : `The settings have ${problems.length} mistakes:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, { hint: "Mend them; docs/options.md lists all keys." });
  values.set("name", values.get("name") ?? defaultName);
  values.set("authSessions.enabled", values.get("authSessions.enabled") ?? hasAuthSessions);
  values.set("browser.plugins", (values.get("browser.plugins") as readonly (string | { name: string; options?: object })[]).map((plugin) => (typeof plugin === "string" ? { name: plugin, options: {} } : { options: {}, ...plugin })));
  // Every path of the table was checked against its schema, and the table is held to the type by a test.
  return deepFreeze(nest(values)) as unknown as Settings;
}

function isDuration(schema: object): boolean {
  return schema === TYPES.duration || schema === TYPES.durationOrNull;
}

function parseText(text: string, schema: object): unknown {
  const isText = "type" in schema && (schema.type === "string" || (Array.isArray(schema.type) && schema.type.includes("string")));
  if (isText && !(isDuration(schema) && /^\d+$/.test(text))) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function lookUp(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.split(".")) {
    if (!isJsonObject(current)) return undefined;
    current = current[key];
  }
  return current;
}

const PATHS = OPTIONS.map(({ path }) => path);

function findUnknownKeys(value: unknown, prefix: string, report: (path: string) => void): void {
  if (!isJsonObject(value)) return;
  for (const key of Object.keys(value)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (PATHS.includes(path) || path === "$schema") continue;
    if (PATHS.some((known) => known.startsWith(`${path}.`))) findUnknownKeys(value[key], path, report);
    else report(path);
  }
}

function unknownKey(path: string, locate: (path: string) => string): string {
  const near = closest(path, [...PATHS, ...new Set(PATHS.map((known) => known.split(".")[0] ?? ""))]);
  return `${locate(path)}: there is no setting "${path}".${near === undefined ? "" : ` Did you mean "${near}"?`}`;
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) return "is not valid";
  const at = error.instancePath === "" ? "" : `${error.instancePath.slice(1).replaceAll("/", ".")} `;
  if (error.keyword === "enum") return `${at}must be one of ${(error.params["allowedValues"] as readonly unknown[]).map((value) => JSON.stringify(value)).join(", ")}`;
  if (error.keyword === "additionalProperties") return `${at}has an unknown key "${String(error.params["additionalProperty"])}"`;
  return `${at}${error.message ?? "is not valid"}`;
}

function nest(values: ReadonlyMap<string, unknown>): object {
  const root: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let current = root;
    for (const key of keys) current = (current[key] ??= {}) as Record<string, unknown>;
    current[last] = value;
  }
  return root;
}

function deepFreeze<T extends object>(value: T): T {
  for (const item of Object.values(value)) if (typeof item === "object" && item !== null) deepFreeze(item as object);
  return Object.freeze(value);
}
