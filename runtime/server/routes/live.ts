import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import type { AnyRequest, App } from "../app.ts";
import { keyOf, projectOf, uuidOf } from "../authenticate.ts";
import { assertSameOrigin } from "../dashboard/same-origin.ts";
import { SESSION_COOKIE } from "../dashboard/session-cookie.ts";
import { findRun } from "../ended.ts";
import { serveLive, type Watched } from "../serve-live.ts";
import type { ServerParts } from "../server-parts.ts";

/** The answer to a plain request. */
export const UPGRADE_NEEDED = "The live view is a WebSocket: ask for it with one.";

/** Watching a run's browser, and acting in a recording's. */
export function addLiveRoutes(app: App, { store }: ServerParts): void {
  app.route({
    method: "GET",
    url: "/runs/:runId/live",
    config: { scope: "run" },
    schema: { tags: ["Runs"], summary: "The run's browser as a WebSocket: states and frames out, acknowledgements and (for recordings) input in", response: { 101: Type.Null() } },
    preHandler: async (request) => {
      const key = keyOf(request);
      if (key === null) assertSameOrigin(request, { header: false });
      const project = await projectOf(store, request);
      const run = await findRun(store, project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run"));
      const session = request.cookies[SESSION_COOKIE] ?? "";
      // Who is let in no longer sees nothing more.
      request.watched = { projectId: project.id, runId: run.runId, isInteractive: run.kind === "auth-record", mayWatch: async () => (key === null ? await store.dashboardSessions.find(session) : await store.keys.find(key)) !== null };
    },
    handler: () => {
      throw new LatchkeyError("REQUEST_INVALID", UPGRADE_NEEDED);
    },
    wsHandler: (socket, request) => serveLive(store, socket, watchedOf(request)),
  });
}

/** What a request was found to watch. */
export function watchedOf({ watched }: AnyRequest): Watched {
  if (watched === null) throw new LatchkeyError("INTERNAL", "The route shows no run.");
  return watched;
}
