import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** What stands for a secret in everything people see. */
export const REDACTED = "***";

/** Removes known secrets from text. Grows while a run learns of more. */
export interface Redactor {
  /** Adds secrets; shorter than 4 characters they are left alone, since they would blank out innocent text. */
  add(...secrets: readonly string[]): void;
  /** Adds every string below `parameters` whose key is not one of a plain identifier. */
  addParameters(parameters: JsonObject): void;
  /** Adds only the strings whose key names a secret, such as `apiKey`: of input that is mostly not secret. */
  addSensitive(parameters: JsonObject): void;
  /** The text without any known secret, also where it stands URL-encoded, base64-encoded or JSON-escaped. */
  text(text: string): string;
  /** A copy of a JSON value with every string redacted, and the values of sensitive keys masked whole. */
  value<T>(value: T): T;
}

const MINIMUM_LENGTH = 4;
/** Keys whose values identify a user but do not let anyone in: shown, since people look for them in logs. */
const IDENTIFIER_KEY = /^(user(_?name)?|login|e?-?mail|url|base_?url|host|origin|domain|tenant|region|locale|registry|site|server)$/i;
const SENSITIVE_KEY = /pass(word|code|phrase)?$|secret|token|api_?-?key|^otp$|^pin$|credential|private_?key|^authorization$|^cookie$|^set-cookie$/i;

/** Whether a key of that name holds a secret whatever its value. */
export function isSensitiveKey(key: string): boolean {
  return SENSITIVE_KEY.test(key);
}

/** A copy of parameters for showing: every string that is not a plain identifier is masked. */
export function maskParameters(value: JsonValue, key = ""): JsonValue {
  if (typeof value === "string") return IDENTIFIER_KEY.test(key) ? value : REDACTED;
  if (Array.isArray(value)) return value.map((item) => maskParameters(item, key));
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskParameters(item, name)]));
  return isSensitiveKey(key) ? REDACTED : value;
}

/** A redactor that knows nothing yet. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let ordered: readonly string[] | null = null;

  const add = (...secrets: readonly string[]): void => {
    for (const secret of secrets) {
      if (secret.length < MINIMUM_LENGTH || known.has(secret)) continue;
      for (const form of formsOf(secret)) known.add(form);
      ordered = null;
    }
  };
  const text = (input: string): string => {
    // Longest first, so that a secret that contains another leaves no remainder.
    ordered ??= [...known].sort((a, b) => b.length - a.length);
    let output = input;
    for (const secret of ordered) if (output.includes(secret)) output = output.replaceAll(secret, REDACTED);
    return output;
  };
  const redactValue = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return isSensitiveKey(key) ? REDACTED : text(value);
    if (Array.isArray(value)) return value.map((item) => redactValue(item, key));
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactValue(item, name)]));
    return value;
  };
  return {
    add,
    addParameters: (parameters) => collect(parameters, "", (key, value) => (IDENTIFIER_KEY.test(key) ? undefined : add(value))),
    addSensitive: (parameters) => collect(parameters, "", (key, value) => (isSensitiveKey(key) ? add(value) : undefined)),
    text,
    value: <T>(value: T): T => redactValue(value, "") as T,
  };
}

function collect(value: JsonValue, key: string, visit: (key: string, text: string) => void): void {
  if (typeof value === "string") visit(key, value);
  else if (typeof value === "number" && isSensitiveKey(key)) visit(key, String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, key, visit);
  else if (isJsonObject(value)) for (const [name, item] of Object.entries(value)) collect(item, name, visit);
}

function formsOf(secret: string): readonly string[] {
  const bytes = new TextEncoder().encode(secret);
  const base64 = btoa(String.fromCharCode(...bytes));
  return [secret, encodeURIComponent(secret), encodeURIComponent(secret).replaceAll("%20", "+"), JSON.stringify(secret).slice(1, -1), base64.replace(/=+$/, "")];
}
