/**
 * All that a project's code may import from "latchkey": types of the function contract and helpers.
 * The helpers work inside a run only; see docs/authoring.md.
 *
 * @module
 */
export type { Browser, BrowserContext, ElementHandle, Frame, Page } from "puppeteer-core";
export type { JsonObject, JsonValue } from "./model/json.ts";
export type { ExtendedPayload } from "./model/run.ts";
export type { RunInfo } from "./model/worker-protocol.ts";
export { attemptStore } from "./worker/helpers/attempt-store.ts";
export { InvalidCredentialsError, RunError } from "./worker/helpers/errors.ts";
export { extendPayload } from "./worker/helpers/extend-payload.ts";
export { extendTimeout } from "./worker/helpers/extend-timeout.ts";
export { getAuthSessionParameters } from "./worker/helpers/auth-session-parameters.ts";
export { log } from "./worker/helpers/log.ts";
export { persistentStore } from "./worker/helpers/persistent-store.ts";
export { prompt, type PromptOptions } from "./worker/helpers/prompt.ts";
export { runInfo } from "./worker/helpers/run-info.ts";
export { saveFile, type SavedFile } from "./worker/helpers/save-file.ts";
export { totp, type TotpOptions } from "./worker/helpers/totp.ts";
