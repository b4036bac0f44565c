import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import { hasEnded, HOSTED_RUN_STATUSES, type HostedRunStatus } from "../../model/hosted-run.ts";
import type { VisitedRecording } from "../../model/recording.ts";
import type { AnyRequest, App } from "../app.ts";
import { assertSameOrigin } from "../dashboard/same-origin.ts";
import { cookieOptions } from "../dashboard/session-cookie.ts";
import { Body, Problem } from "../schemas.ts";
import { serveLive } from "../serve-live.ts";
import type { ServerParts } from "../server-parts.ts";
import { UPGRADE_NEEDED, watchedOf } from "./live.ts";

const tags = ["Recording by link"];
const security: readonly { readonly [name: string]: readonly string[] }[] = [];
const COOKIE = "latchkey_recording";
const Status = Type.Unsafe<HostedRunStatus>(Type.Union(HOSTED_RUN_STATUSES.map((status) => Type.Literal(status))));

/** What a person with a link may do: make that one recording, without a key. */
export function addRecordingVisitRoutes(app: App, { store, log }: ServerParts): void {
  const visited = async (request: AnyRequest): Promise<VisitedRecording> => {
    assertSameOrigin(request, { header: false });
    const visit = visitOf(request);
    const recording = visit === null ? null : await store.recordings.find(visit);
    if (recording === null) throw new LatchkeyError("UNAUTHORIZED", "There is no recording here, or no longer.", { hint: "Open the link that you were sent; it is good once." });
    return recording;
  };

  app.post("/recording", { schema: { tags, security, summary: "Use a link up", body: Body({ token: Type.String({ maxLength: 128 }) }), response: { 200: Type.Object({ authSession: Type.String(), project: Type.String(), expiresAt: Type.String() }), "4xx": Problem } } }, async (request, reply) => {
    assertSameOrigin(request, { header: false });
    const { visit, recording } = await store.recordings.useLink(request.body.token);
    const { workspaceId, project, runId, authSessionId, expiresAt } = recording;
    await store.audit.note(workspaceId, { actor: "link", action: "auth-session.record-visit", subject: `${project}/runs/${runId}`, details: { address: request.ip } });
    log.info({ run: runId }, "a recording's link was used");
    reply.setCookie(COOKIE, visit, cookieOptions(request, "/recording"));
    return reply.code(200).header("cache-control", "no-store").send({ authSession: authSessionId, project, expiresAt });
  });

  app.get("/recording", { schema: { tags, security, summary: "How the recording stands", response: { 200: Type.Object({ authSession: Type.String(), project: Type.String(), status: Status, error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })) }), "4xx": Problem } } }, async (request, reply) => {
    const { authSessionId, project, status, error } = await visited(request);
    return reply.code(200).header("cache-control", "no-store").send({ authSession: authSessionId, project, status, ...(error !== null && { error: { code: error.code, message: error.message } }) });
  });

  app.route({
    method: "GET",
    url: "/recording/live",
    schema: { tags, security, summary: "The recording's live view, as a WebSocket", response: { 101: Type.Null(), "4xx": Problem } },
    preHandler: async (request) => {
      const { projectId, runId, status } = await visited(request);
      if (hasEnded(status)) throw new LatchkeyError("RUN_ENDED", "The recording is over.", { hint: "Ask whoever sent the link for a new one." });
      const visit = visitOf(request) ?? "";
      request.watched = { projectId, runId, isInteractive: true, mayWatch: async () => (await store.recordings.find(visit)) !== null };
    },
    handler: () => {
      throw new LatchkeyError("REQUEST_INVALID", UPGRADE_NEEDED);
    },
    wsHandler: (socket, request) => serveLive(store, socket, watchedOf(request)),
  });
}

function visitOf({ cookies }: AnyRequest): string | null {
  return cookies[COOKIE] ?? null;
}
