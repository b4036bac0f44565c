import type { AuthSession } from "../model/auth-session.ts";
import type { JsonValue } from "../model/json.ts";
import { isSensitiveKey, type Redactor } from "../model/redact.ts";
import type { StorageState } from "../model/storage-state.ts";

/** Shorter values of a storage state are settings like `dark` or `en-US`; hiding them would blank out innocent text. */
const MINIMUM_VALUE_LENGTH = 8;
const MINIMUM_NESTED_LENGTH = 16;

/** Teaches the redactor every secret of an auth session. */
export function learnSession(redactor: Redactor, { secrets }: AuthSession): void {
  redactor.addParameters(secrets.parameters);
  if (secrets.proxyUrl !== null) learnProxy(redactor, secrets.proxyUrl);
  learnState(redactor, secrets.state);
}

/** Teaches the redactor the credentials of a proxy URL. */
export function learnProxy(redactor: Redactor, proxyUrl: string): void {
  if (!URL.canParse(proxyUrl)) return;
  const { username, password } = new URL(proxyUrl);
  redactor.add(decodeURIComponent(username), decodeURIComponent(password), username, password);
  if (username !== "" && password !== "") redactor.add(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
}

/** Teaches the redactor the cookies and tokens of a storage state. */
export function learnState(redactor: Redactor, state: StorageState): void {
  for (const { value } of state.cookies) if (value.length >= MINIMUM_VALUE_LENGTH) redactor.add(value);
  for (const { localStorage, sessionStorage = [] } of state.origins) {
    for (const { name, value } of [...localStorage, ...sessionStorage]) learnValue(redactor, name, value);
  }
  for (const { privateKey } of state.webauthn ?? []) redactor.add(privateKey);
}

/** Teaches the redactor the project's own environment variables whose name says that they are secret. */
export function learnEnvironment(redactor: Redactor, env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) if (isSensitiveKey(name)) redactor.add(value);
}

function learnValue(redactor: Redactor, name: string, value: string): void {
  if (value.length >= MINIMUM_VALUE_LENGTH && (isSensitiveKey(name) || value.length >= MINIMUM_NESTED_LENGTH)) redactor.add(value);
  if (!value.startsWith("{") && !value.startsWith("[")) return;
  try {
    learnNested(redactor, JSON.parse(value) as JsonValue);
  } catch {
    // It only looked like JSON; the whole text has been learned.
  }
}

function learnNested(redactor: Redactor, value: JsonValue): void {
  if (typeof value === "string") {
    if (value.length >= MINIMUM_NESTED_LENGTH) redactor.add(value);
  } else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) learnNested(redactor, item);
  }
}
