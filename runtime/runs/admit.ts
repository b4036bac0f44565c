import { closest } from "../model/closest.ts";
import { LatchkeyError } from "../model/errors.ts";
import { assertAuthSessionId } from "../model/ids.ts";
import type { JsonObject } from "../model/json.ts";
import type { Project, Target } from "../model/project.ts";
import { parseUpstreamProxy } from "../model/proxy.ts";
import type { RunRequest } from "../model/run.ts";
import type { ApiAuthRule } from "../model/settings.ts";
import { createParameterValidator } from "../project/validate-parameters.ts";
import type { RunParts } from "./run-parts.ts";

/** What is needed to tell whether a request can be run: no browser, no process. */
export type AdmitParts = Pick<RunParts, "project" | "compiler" | "authSessions">;

/**
 * Checks a request before anything is started: the target exists, the parameters fit, an auth session is there.
 *
 * @returns the request with the defaults of its parameters filled in.
 * @throws LatchkeyError with the code of what is wrong.
 */
export async function admit(parts: AdmitParts, request: RunRequest): Promise<RunRequest> {
  const { target } = request;
  if (request.proxyUrl !== null) parseUpstreamProxy(request.proxyUrl);
  if (target.kind === "api") return admitApi(parts, request, target.name, target.authSessionId);
  assertAuthSessionId(target.id);
  assertAuthSessionsEnabled(parts.project);
  const summary = await parts.authSessions.summary(target.id);
  const isNew = target.kind === "auth-create" || target.kind === "auth-import" || target.kind === "auth-record";
  if (target.kind === "auth-create" && summary !== null) throw new LatchkeyError("AUTH_SESSION_EXISTS", `There already is an auth session "${target.id}".`, { hint: `Log in again with: latchkey auth update ${target.id}` });
  if (!isNew && summary === null) throw notFound(target.id, (await parts.authSessions.list()).map(({ id }) => id));
  if (target.kind === "auth-update" && target.keepParameters && summary?.type !== "credentials") throw new LatchkeyError("USAGE", `The auth session "${target.id}" is ${summary?.type ?? "unknown"}: it has no stored parameters to log in with.`, { hint: `Give parameters, or record it again with: latchkey auth record ${target.id}` });
  const takesParameters = target.kind === "auth-create" || (target.kind === "auth-update" && !target.keepParameters);
  if (!takesParameters) return request;
  if (parts.project.authSessions.create === null) throw new LatchkeyError("API_NOT_FOUND", "The project has no auth-sessions/create.", { hint: "Write auth-sessions/create.ts, or log in by hand with: latchkey auth record ID" });
  return { ...request, parameters: await fit(parts, { kind: "create" }, request.parameters) };
}

async function admitApi(parts: AdmitParts, request: RunRequest, name: string, authSessionId: string | null): Promise<RunRequest> {
  const { project } = parts;
  const names = [...project.apis.keys()];
  if (!project.apis.has(name)) {
    const near = closest(name, names);
    const known = names.length === 0 ? "The project has no APIs yet: add a file below api/." : `APIs of the project: ${names.join(", ")}.`;
    throw new LatchkeyError("API_NOT_FOUND", `The project has no API "${name}".${near === undefined ? "" : ` Did you mean "${near}"?`}`, { hint: known });
  }
  if (request.target.kind === "api" && request.target.runtimeInput !== undefined) {
    assertAuthSessionsEnabled(project);
    const runtimeInput = await fit(parts, { kind: "create" }, request.target.runtimeInput);
    return { ...request, target: { ...request.target, runtimeInput }, parameters: await fit(parts, { kind: "api", name }, request.parameters) };
  }
  await admitAuthSession(parts, name, authSessionId, request.proxyUrl);
  return { ...request, parameters: await fit(parts, { kind: "api", name }, request.parameters) };
}

async function admitAuthSession(parts: AdmitParts, name: string, id: string | null, proxyUrl: string | null): Promise<void> {
  const { settings } = parts.project;
  if (id === null) {
    if (settings.authSessions.enabled && authOf(name, settings.authSessions.apis) === "required") throw new LatchkeyError("AUTH_SESSION_REQUIRED", `The API "${name}" acts for a logged-in user, and no auth session was named.`);
    return;
  }
  assertAuthSessionId(id);
  assertAuthSessionsEnabled(parts.project);
  if (authOf(name, settings.authSessions.apis) === "none") throw new LatchkeyError("AUTH_SESSIONS_DISABLED", `The API "${name}" runs without an auth session (authSessions.apis).`, { hint: "Leave out --auth-session." });
  const summary = await parts.authSessions.summary(id);
  if (summary === null) throw notFound(id, (await parts.authSessions.list()).map((session) => session.id));
  if (proxyUrl !== null) throw new LatchkeyError("USAGE", "A run with an auth session uses the auth session's own proxy, so that the site always sees one address.", { hint: `Leave out --proxy, or change the proxy with: latchkey auth update ${id} --proxy URL` });
}

/** What an API asks of auth sessions: the first rule that fits, else `required`. */
export function authOf(name: string, rules: readonly ApiAuthRule[]): ApiAuthRule["auth"] {
  const fits = ({ pattern }: ApiAuthRule): boolean => new RegExp(`^${pattern.split("*").map((part) => RegExp.escape(part)).join(".*")}$`).test(name);
  return rules.find(fits)?.auth ?? "required";
}

function assertAuthSessionsEnabled(project: Project): void {
  if (!project.settings.authSessions.enabled) throw new LatchkeyError("AUTH_SESSIONS_DISABLED", "The project has no auth sessions.");
}

function notFound(id: string, ids: readonly string[]): LatchkeyError {
  const near = closest(id, ids);
  return new LatchkeyError("AUTH_SESSION_NOT_FOUND", `There is no auth session "${id}".${near === undefined ? "" : ` Did you mean "${near}"?`}`, { hint: `Create it with: latchkey auth create ${id} PARAMS` });
}

async function fit(parts: AdmitParts, target: Target, parameters: JsonObject): Promise<JsonObject> {
  const schema = await parts.compiler.parameterSchema(parts.project, target);
  return schema === null ? parameters : createParameterValidator(schema)(parameters);
}
