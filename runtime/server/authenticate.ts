import { LatchkeyError, type ErrorCode } from "../model/errors.ts";
import type { HostedProject } from "../model/hosted-project.ts";
import type { HostedStore } from "../model/hosted-store.ts";
import { scopeCovers, type Principal, type Scope } from "../model/principal.ts";
import type { AnyRequest } from "./app.ts";
import { assertSameOrigin } from "./dashboard/same-origin.ts";
import { SESSION_COOKIE } from "./dashboard/session-cookie.ts";

const WINDOW_MS = 60_000;
const FAILURES_ALLOWED = 60;
const ADDRESSES_KEPT = 10_000;

/** The word that stands for the workspace of the key. */
const OWN_WORKSPACE = "default";

/** Tells who asks. */
export interface Authenticator {
  /** Who makes the request, by its key or by the dashboard's cookie. @throws LatchkeyError `UNAUTHORIZED`, `FORBIDDEN`, `TOO_MANY_REQUESTS`, `CROSS_SITE` */
  principalOf(request: AnyRequest, needed: Scope): Promise<Principal>;
  /** Whose key it is. @throws LatchkeyError `UNAUTHORIZED`, `TOO_MANY_REQUESTS` */
  principalOfKey(request: AnyRequest, key: string | null): Promise<Principal>;
}

/** Knows keys and sessions, and slows down whoever guesses. */
export function createAuthenticator({ keys, dashboardSessions }: Pick<HostedStore, "keys" | "dashboardSessions">, now: () => number): Authenticator {
  let failures = new Map<string, number>();
  let windowEndsAtMs = now() + WINDOW_MS;
  const refuse = (request: AnyRequest, message: string): never => {
    if (now() > windowEndsAtMs || failures.size > ADDRESSES_KEPT) {
      failures = new Map();
      windowEndsAtMs = now() + WINDOW_MS;
    }
    const failed = (failures.get(request.ip) ?? 0) + 1;
    failures.set(request.ip, failed);
    // Only whoever guesses is slowed down: a valid key behind the same address, such as a proxy's, goes on working.
    if (failed > FAILURES_ALLOWED) throw new LatchkeyError("TOO_MANY_REQUESTS", "Too many requests with keys that are not valid came from this address.");
    throw new LatchkeyError("UNAUTHORIZED", message);
  };
  const principalOfKey = async (request: AnyRequest, key: string | null): Promise<Principal> => (key === null ? null : await keys.find(key)) ?? refuse(request, key === null ? "The request has no API key." : "The API key is not valid.");
  /** Null: nobody is signed in. */
  const principalOfCookie = async (request: AnyRequest): Promise<Principal | null> => {
    const token = request.cookies[SESSION_COOKIE];
    if (token === undefined) return null;
    assertSameOrigin(request, { header: request.method !== "GET" });
    return (await dashboardSessions.find(token))?.principal ?? refuse(request, "The session of the dashboard has ended.");
  };
  return {
    principalOfKey,
    async principalOf(request, needed) {
      const key = keyOf(request);
      const principal = (key === null ? await principalOfCookie(request) : null) ?? (await principalOfKey(request, key));
      if (!scopeCovers(principal.scope, needed)) throw new LatchkeyError("FORBIDDEN", `The API key "${principal.name}" has the scope ${principal.scope}; this needs ${needed}.`);
      return principal;
    },
  };
}

/** The API key of a request; null: it has none. */
export function keyOf({ headers }: AnyRequest): string | null {
  const header = headers["x-api-key"];
  if (typeof header === "string" && header !== "") return header;
  const [, bearer] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  return bearer ?? null;
}

/** Who asked. Set for every route with a scope. */
export function principalOf({ principal }: AnyRequest): Principal {
  if (principal === null) throw new LatchkeyError("INTERNAL", "The route has no scope.");
  return principal;
}

/** The workspace of the path, which must be the key's own: another one is as good as none. */
export function workspaceOf(request: AnyRequest): string {
  const { workspaceId } = principalOf(request);
  const asked = paramOf(request, "workspaceId");
  if (asked !== workspaceId && asked !== OWN_WORKSPACE) throw new LatchkeyError("WORKSPACE_NOT_FOUND", `There is no workspace "${asked}", or the key is not one of it.`);
  return workspaceId;
}

/** The workspace of a request that is about more than one project. @throws LatchkeyError `FORBIDDEN` */
export function wholeWorkspaceOf(request: AnyRequest): string {
  const workspaceId = workspaceOf(request);
  if (principalOf(request).projectId !== null) throw new LatchkeyError("FORBIDDEN", "The API key is good for one project only.");
  return workspaceId;
}

/** The project of the path. @throws LatchkeyError `PROJECT_UNKNOWN` */
export async function projectOf(store: HostedStore, request: AnyRequest): Promise<HostedProject> {
  const name = paramOf(request, "projectName");
  const project = await store.projects.byName(workspaceOf(request), name);
  const { projectId } = principalOf(request);
  // Whether a project exists is told only to keys that may know.
  if (project === null || (projectId !== null && projectId !== project.id)) throw new LatchkeyError("PROJECT_UNKNOWN", `There is no project "${name}".`);
  return project;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A part of the path. */
export function paramOf({ params }: AnyRequest, name: string): string {
  const value: unknown = typeof params === "object" && params !== null ? (params as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof value === "string" ? value : "";
}

/** An id of the path that is a UUID; anything else names nothing. */
export function uuidOf(request: AnyRequest, name: string, code: ErrorCode, what: string): string {
  const value = paramOf(request, name);
  if (!UUID.test(value)) throw new LatchkeyError(code, `There is no ${what} "${value}".`);
  return value.toLowerCase();
}
