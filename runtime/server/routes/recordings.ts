import { Type, type Static } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import { hasEnded, type EndedRun } from "../../model/hosted-run.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import { assertAuthSessionId } from "../../model/ids.ts";
import type { AnyRequest, App } from "../app.ts";
import { principalOf, projectOf, uuidOf } from "../authenticate.ts";
import { findRun } from "../ended.ts";
import { idempotencyKeyOf, requestRun } from "../request-run.ts";
import { Body, Id, OperationResult, Proxy } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";
import { toOperationResult } from "../wire/run-result.ts";

const tags = ["Auth sessions"];
const TIMEOUT_MS = 600_000;
const LINK_MS = 900_000;
const ExpiresInMs = Type.Optional(Type.Integer({ minimum: 1_000, maximum: 86_400_000, default: LINK_MS }));
const Link = Type.Object({ url: Type.String(), expiresAt: Type.String() });
const Record = Body({ id: Id, startUrl: Type.Optional(Type.String({ maxLength: 4_096 })), proxy: Proxy, link: Type.Optional(Body({ expiresInMs: ExpiresInMs })) });

/** Logging in by hand in the live view, by whoever has a key or a link. */
export function addRecordingRoutes(app: App, parts: ServerParts): void {
  const { store } = parts;
  const findRecording = async (request: AnyRequest, project: HostedProject): Promise<EndedRun> => {
    const run = await findRun(store, project.id, uuidOf(request, "operationId", "RUN_NOT_FOUND", "recording"));
    if (run.kind !== "auth-record") throw new LatchkeyError("RUN_NOT_FOUND", `There is no recording "${run.runId}".`);
    return run;
  };
  const makeLink = async (request: AnyRequest, project: HostedProject, runId: string, expiresInMs: number): Promise<Static<typeof Link>> => {
    const { token, expiresAt } = await store.recordings.addLink(runId, expiresInMs);
    await store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: "auth-session.record-link", subject: `${project.name}/runs/${runId}`, details: { expiresAt } });
    return { url: `${request.protocol}://${request.host}/record/${token}`, expiresAt };
  };

  app.post("/auth-sessions/record", { config: { scope: "run" }, schema: { tags, summary: "Have a person log in by hand in the live view, and keep the login", body: Record, response: { 202: Type.Object({ operationId: Type.String(), status: Type.Literal("pending"), link: Type.Union([Link, Type.Null()]) }) } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { id, startUrl: asked, proxy = null, link } = request.body;
    assertAuthSessionId(id);
    const { settings } = await parts.deployments.live(project);
    const startUrl = asked ?? settings.authSessions.startUrl;
    if (startUrl === null) throw new LatchkeyError("REQUEST_INVALID", "Where does the recording begin?", { hint: "Send startUrl, or set authSessions.startUrl." });
    if (!URL.canParse(startUrl) || !/^https?:$/.test(new URL(startUrl).protocol)) throw new LatchkeyError("REQUEST_INVALID", "startUrl is not an address of a page.", { hint: "Write it whole: https://app.example/login" });
    const { run } = await requestRun(parts, project, {
      target: { kind: "auth-record", id, startUrl, finish: settings.authSessions.finish ?? {} },
      parameters: {},
      proxyUrl: proxy,
      timeoutMs: TIMEOUT_MS,
      maximumAttempts: 1,
      // A trace has pictures of what is typed.
      trace: false,
      origin: principalOf(request).name,
      idempotencyKey: idempotencyKeyOf(request.headers),
      traceparent: parts.traceparentOf(request.headers),
    });
    await store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: "auth-session.record", subject: `${project.name}/${id}`, details: { runId: run.runId } });
    return reply.code(202).send({ operationId: run.runId, status: "pending" as const, link: link === undefined ? null : await makeLink(request, project, run.runId, link.expiresInMs ?? LINK_MS) });
  });

  app.get("/auth-sessions/record/:operationId/result", { config: { scope: "run" }, schema: { tags, summary: "What became of a recording", response: { 200: OperationResult } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    return reply.send(toOperationResult(await findRecording(request, project), null) as Static<typeof OperationResult>);
  });

  app.post("/auth-sessions/record/:operationId/link", { config: { scope: "run" }, schema: { tags, summary: "A link by which a person without a key makes the recording, once", body: Type.Union([Type.Null(), Body({ expiresInMs: ExpiresInMs })]), response: { 201: Link } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const run = await findRecording(request, project);
    if (hasEnded(run.status)) throw new LatchkeyError("RUN_ENDED", "The recording is over.", { hint: "Start another one." });
    return reply.code(201).send(await makeLink(request, project, run.runId, request.body?.expiresInMs ?? LINK_MS));
  });
}
