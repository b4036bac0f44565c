import { randomUUID } from "node:crypto";
import { Type, type Static } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import type { JsonObject } from "../../model/json.ts";
import { parseUpstreamProxy } from "../../model/proxy.ts";
import type { AuthLimits, RunTarget } from "../../model/run.ts";
import type { AnyRequest, App } from "../app.ts";
import { paramOf, principalOf, projectOf, uuidOf } from "../authenticate.ts";
import { findRun } from "../ended.ts";
import { idempotencyKeyOf, requestRun } from "../request-run.ts";
import { AuthCreate, AuthUpdate, AuthValidate, OperationResult } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";
import { toOperationResult } from "../wire/run-result.ts";

const tags = ["Auth sessions"];
const ATTEMPTS = 3;
const TIMEOUT_SECONDS = 600;
const Started = Type.Object({ status: Type.Literal("started"), operationId: Type.String() });

interface Common {
  readonly proxy?: string | null;
  readonly createAttempts?: number;
  readonly checkAttempts?: number;
  readonly saveTrace?: boolean;
  readonly requestTimeout?: number;
}

/** Creating, updating and validating auth sessions (WIRE-API 4.5): runs of another kind, told by their own names. */
export function addAuthOperationRoutes(app: App, parts: ServerParts): void {
  const { store } = parts;
  const begin = async (request: AnyRequest, project: HostedProject, target: RunTarget, parameters: JsonObject, { proxy, createAttempts = ATTEMPTS, saveTrace = true, requestTimeout = TIMEOUT_SECONDS }: Common): Promise<string> => {
    const { run } = await requestRun(parts, project, {
      target,
      parameters,
      proxyUrl: proxy ?? null,
      timeoutMs: requestTimeout * 1_000,
      maximumAttempts: target.kind === "auth-validate" ? 1 : createAttempts,
      trace: saveTrace,
      origin: principalOf(request).name,
      idempotencyKey: idempotencyKeyOf(request.headers),
      traceparent: parts.traceparentOf(request.headers),
    });
    await store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: target.kind.replace("auth-", "auth-session."), subject: `${project.name}/${"id" in target ? target.id : ""}`, details: { runId: run.runId } });
    return run.runId;
  };
  const result = async (request: AnyRequest, kind: RunTarget["kind"]): Promise<Static<typeof OperationResult>> => {
    const project = await projectOf(store, request);
    const run = await findRun(store, project.id, uuidOf(request, "operationId", "RUN_NOT_FOUND", "run"));
    const id = paramOf(request, "authSessionId");
    if (run.kind !== kind || (id !== "" && run.authSessionId !== id)) throw new LatchkeyError("RUN_NOT_FOUND", `There is no such operation "${run.runId}".`);
    const open = run.status === "awaiting-input" ? (await store.prompts.ofRun(run.runId)).find(({ status }) => status === "open") : undefined;
    return toOperationResult(run, open ?? null) as Static<typeof OperationResult>;
  };

  app.post("/auth-sessions/create", { config: { scope: "manage" }, schema: { tags, summary: "Create an auth session: log in, and keep the login", body: AuthCreate, response: { 201: Started } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { id = `session-${randomUUID()}`, parameters = {}, ...rest } = request.body;
    const operationId = await begin(request, project, { kind: "auth-create", id, limits: limitsOf(rest) }, parameters as JsonObject, rest);
    return reply.code(201).send({ status: "started" as const, operationId });
  });
  app.get("/auth-sessions/create/:operationId/result", { config: { scope: "run" }, schema: { tags, summary: "What became of a create", response: { 200: OperationResult } } }, async (request, reply) => reply.send(await result(request, "auth-create")));

  app.post("/auth-sessions/:authSessionId/update", { config: { scope: "manage" }, schema: { tags, summary: "Log in with other parameters or another proxy; the old login stays in use until the new one holds", body: AuthUpdate, response: { 201: Started } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { parameters, ...rest } = request.body;
    const target: RunTarget = { kind: "auth-update", id: paramOf(request, "authSessionId"), keepParameters: parameters === undefined, keepProxy: rest.proxy === undefined, limits: limitsOf(rest) };
    const operationId = await begin(request, project, target, (parameters ?? {}) as JsonObject, rest);
    return reply.code(201).send({ status: "started" as const, operationId });
  });
  app.get("/auth-sessions/:authSessionId/update/:operationId/result", { config: { scope: "run" }, schema: { tags, summary: "What became of an update", response: { 200: OperationResult } } }, async (request, reply) => reply.send(await result(request, "auth-update")));

  app.post("/auth-sessions/:authSessionId/validate/start", { config: { scope: "run" }, schema: { tags, summary: "Check a login, and log in again when it does not hold", body: AuthValidate, response: { 201: Type.Object({ status: Type.Literal("pending"), operationId: Type.String() }) } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { autoRecreate = true, ...rest } = request.body ?? {};
    const id = paramOf(request, "authSessionId");
    await assertOwnProxy(parts, project, id, rest.proxy ?? null);
    const operationId = await begin(request, project, { kind: "auth-validate", id, autoRecreate, limits: limitsOf(rest) }, {}, { ...rest, proxy: null });
    return reply.code(201).send({ status: "pending" as const, operationId });
  });
  app.get("/auth-sessions/:authSessionId/validate/:operationId/result", { config: { scope: "run" }, schema: { tags, summary: "What became of a validation", response: { 200: OperationResult } } }, async (request, reply) => reply.send(await result(request, "auth-validate")));
}

function limitsOf({ createAttempts, checkAttempts }: Common): AuthLimits {
  return { ...(createAttempts !== undefined && { createAttempts }), ...(checkAttempts !== undefined && { checkAttempts }) };
}

/** A login belongs to the address it was made from, so only its own proxy may be named here. */
async function assertOwnProxy({ store }: ServerParts, project: HostedProject, id: string, proxy: string | null): Promise<void> {
  if (proxy === null) return;
  const session = await store.authSessions.of(project).get(id);
  if (session !== null && session.secrets.proxyUrl !== parseUpstreamProxy(proxy).url) throw new LatchkeyError("REQUEST_INVALID", "The auth session has another proxy, and a login is checked through its own.", { hint: "Change it with an update of the auth session." });
}
