import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import type { DashboardSession } from "../../model/hosted-store.ts";
import { SCOPES, type Scope } from "../../model/principal.ts";
import type { App } from "../app.ts";
import type { Authenticator } from "../authenticate.ts";
import { assertSameOrigin } from "../dashboard/same-origin.ts";
import { cookieOptions, SESSION_COOKIE } from "../dashboard/session-cookie.ts";
import { Body, Problem } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1_000;

const Session = Type.Object({ workspaceId: Type.String(), name: Type.String(), scope: Type.Unsafe<Scope>({ type: "string", enum: SCOPES }), project: Type.Union([Type.String(), Type.Null()]), expiresAt: Type.String() });

/** Signing in to the dashboard: an API key is exchanged for a cookie, so that no script ever holds the key. */
export function addSessionRoutes(app: App, { store }: ServerParts, authenticator: Authenticator): void {
  const tags = ["Dashboard"];
  const bodyOf = ({ principal, project, expiresAt }: DashboardSession): { readonly workspaceId: string; readonly name: string; readonly scope: Scope; readonly project: string | null; readonly expiresAt: string } => ({ workspaceId: principal.workspaceId, name: principal.name, scope: principal.scope, project, expiresAt });

  app.post("/session", { schema: { tags, summary: "Sign in to the dashboard with an API key", security: [], body: Body({ key: Type.String({ minLength: 1, maxLength: 1_024 }) }), response: { 200: Session, "4xx": Problem } } }, async (request, reply) => {
    assertSameOrigin(request, { header: true });
    const principal = await authenticator.principalOfKey(request, request.body.key.trim());
    const token = await store.dashboardSessions.start(principal.keyId, new Date(Date.now() + LIFETIME_MS).toISOString());
    const session = await store.dashboardSessions.find(token);
    if (session === null) throw new LatchkeyError("UNAUTHORIZED", "The API key is not valid.");
    await store.audit.note(principal.workspaceId, { actor: principal.name, action: "dashboard.sign-in", subject: principal.name });
    reply.setCookie(SESSION_COOKIE, token, { ...cookieOptions(request, "/"), expires: new Date(session.expiresAt) });
    return reply.header("cache-control", "no-store").send(bodyOf(session));
  });

  app.get("/session", { schema: { tags, summary: "Who is signed in to the dashboard", security: [], response: { 200: Session, "4xx": Problem } } }, async (request, reply) => {
    const token = request.cookies[SESSION_COOKIE];
    const session = token === undefined ? null : await store.dashboardSessions.find(token);
    if (session === null) throw new LatchkeyError("UNAUTHORIZED", "Nobody is signed in.", { hint: "Sign in with an API key." });
    return reply.header("cache-control", "no-store").send(bodyOf(session));
  });

  app.delete("/session", { schema: { tags, summary: "Sign out of the dashboard", security: [], response: { 204: Type.Null(), "4xx": Problem } } }, async (request, reply) => {
    assertSameOrigin(request, { header: true });
    const token = request.cookies[SESSION_COOKIE];
    if (token !== undefined) await store.dashboardSessions.end(token);
    return reply.clearCookie(SESSION_COOKIE, { path: "/" }).code(204).send(null);
  });
}
