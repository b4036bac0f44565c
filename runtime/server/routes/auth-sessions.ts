import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import { assertAuthSessionId } from "../../model/ids.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import type { AuthSessionSummary } from "../../model/auth-session.ts";
import { parseUpstreamProxy } from "../../model/proxy.ts";
import type { RunTarget } from "../../model/run.ts";
import type { AnyRequest, App } from "../app.ts";
import { paramOf, principalOf, projectOf } from "../authenticate.ts";
import { idempotencyKeyOf, requestRun } from "../request-run.ts";
import { AuthSessionSchema, Body, Id, JsonObjectSchema, Proxy } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";
import { toPendingAuthSession, toWireAuthSession } from "../wire/auth-session.ts";

const tags = ["Auth sessions"];
const IMPORT_TIMEOUT_MS = 600_000;

/** Reading, changing and moving auth sessions (WIRE-API 4.4, part B). */
export function addAuthSessionRoutes(app: App, parts: ServerParts): void {
  const { store } = parts;
  const find = async (project: HostedProject, request: AnyRequest): Promise<AuthSessionSummary> => {
    const id = paramOf(request, "authSessionId");
    const summary = await store.authSessions.of(project).summary(id);
    if (summary === null) throw new LatchkeyError("AUTH_SESSION_NOT_FOUND", `There is no auth session "${id}".`);
    return summary;
  };
  const note = (request: AnyRequest, project: HostedProject, action: string, id: string, details = {}): Promise<void> => store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: `auth-session.${action}`, subject: `${project.name}/${id}`, details });

  app.get("/auth-sessions", { config: { scope: "run" }, schema: { tags, summary: "All auth sessions of a project", response: { 200: Type.Array(AuthSessionSchema) } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const known = await store.authSessions.of(project).list();
    const pending = (await store.runs.creating(project.id)).filter((id) => !known.some((summary) => summary.id === id));
    return reply.send([...known.map(toWireAuthSession), ...pending.map(toPendingAuthSession)] as never);
  });

  app.get("/auth-sessions/:authSessionId", { config: { scope: "run" }, schema: { tags, summary: "One auth session; never its secrets", response: { 200: AuthSessionSchema } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const id = paramOf(request, "authSessionId");
    const summary = await store.authSessions.of(project).summary(id);
    if (summary === null && (await store.runs.creating(project.id)).includes(id)) return reply.send(toPendingAuthSession(id) as never);
    const options = await store.authSessions.options(project.id, id);
    return reply.send({ ...toWireAuthSession(await find(project, request)), options } as never);
  });

  app.delete("/auth-sessions/:authSessionId", { config: { scope: "manage" }, schema: { tags, summary: "Delete an auth session and everything it holds", response: { 204: Type.Null() } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { id } = await find(project, request);
    await store.authSessions.of(project).delete(id);
    await note(request, project, "delete", id);
    return reply.code(204).send(null);
  });

  app.patch("/auth-sessions/:authSessionId", { config: { scope: "manage" }, schema: { tags, summary: "Change how an auth session is kept, without logging in; a new proxy logs in again", body: Body({ proxy: Proxy, mode: Type.Optional(Type.Union([Type.Literal("exclusive"), Type.Literal("shared"), Type.Null()])), checkEveryMs: Type.Optional(Type.Union([Type.Integer({ minimum: 10_000, maximum: 31_536_000_000 }), Type.Null()])) }) } }, async (request) => {
    const project = await projectOf(store, request);
    const { id } = await find(project, request);
    const { proxy, mode, checkEveryMs } = request.body;
    if (proxy != null) parseUpstreamProxy(proxy);
    if (mode !== undefined || checkEveryMs !== undefined) await store.authSessions.change(project.id, id, { ...(mode !== undefined && { mode }), ...(checkEveryMs !== undefined && { checkEveryMs }) });
    await note(request, project, "change", id, { ...(mode !== undefined && { mode }), ...(checkEveryMs !== undefined && { checkEveryMs }), ...(proxy !== undefined && { proxy: proxy === null ? null : parseUpstreamProxy(proxy).masked }) });
    const operationId = proxy === undefined ? null : await start(request, project, { kind: "auth-update", id, keepParameters: true, keepProxy: false }, proxy);
    return { ...toWireAuthSession(await find(project, request)), options: await store.authSessions.options(project.id, id), ...(operationId !== null && { operationId }) };
  });

  app.get("/auth-sessions/:authSessionId/history", { config: { scope: "run" }, schema: { tags, summary: "Logins, checks and failures of an auth session, newest first" } }, async (request) => {
    const project = await projectOf(store, request);
    return { history: await store.authSessions.history(project.id, paramOf(request, "authSessionId")) };
  });

  app.post("/auth-sessions/:authSessionId/export", { config: { scope: "admin" }, schema: { tags, summary: "The storage state of a login: whoever has it is logged in" } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { id } = await find(project, request);
    const session = await store.authSessions.of(project).get(id);
    await note(request, project, "export", id);
    await store.authSessions.note(project.id, id, "exported", { by: principalOf(request).name });
    return reply.header("cache-control", "no-store").send(session?.secrets.state ?? null);
  });

  app.post("/auth-sessions/import", { config: { scope: "manage" }, schema: { tags, summary: "Keep a login that was made elsewhere, once its check passes", body: Body({ id: Id, state: JsonObjectSchema, proxy: Proxy }), response: { 201: Type.Object({ status: Type.Literal("started"), operationId: Type.String() }) } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { id, state, proxy } = request.body;
    assertAuthSessionId(id);
    const operationId = await start(request, project, { kind: "auth-import", id, state: parts.parseStorageState(state) }, proxy ?? null);
    await note(request, project, "import", id, { runId: operationId });
    return reply.code(201).send({ status: "started" as const, operationId });
  });

  async function start(request: AnyRequest, project: HostedProject, target: RunTarget, proxyUrl: string | null): Promise<string> {
    const { run } = await requestRun(parts, project, { target, parameters: {}, proxyUrl, timeoutMs: IMPORT_TIMEOUT_MS, maximumAttempts: 1, trace: false, origin: principalOf(request).name, idempotencyKey: idempotencyKeyOf(request.headers), traceparent: parts.traceparentOf(request.headers) });
    return run.runId;
  }
}
