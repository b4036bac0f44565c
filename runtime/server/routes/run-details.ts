import { Readable } from "node:stream";
import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import { hasEnded, HOSTED_RUN_STATUSES } from "../../model/hosted-run.ts";
import type { App } from "../app.ts";
import { paramOf, projectOf, uuidOf } from "../authenticate.ts";
import { clientGone, findRun } from "../ended.ts";
import { Page, PAGE } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";
import { streamEvents } from "../stream-events.ts";
import { toRunDetails, toRunSummary } from "../wire/run-result.ts";

const tags = ["Runs"];
const PAGE_SIZE = 50;
const UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
const LOGS_PAGE = 10_000;

/** Reading runs (WIRE-API, part B): lists, details, logs, live events, files. */
export function addRunDetailRoutes(app: App, { store, artifacts }: ServerParts): void {
  app.get(
    "/runs",
    {
      config: { scope: "run" },
      schema: {
        tags,
        summary: "Runs, newest first",
        querystring: Type.Object({ ...PAGE, cursor: Type.Optional(Type.String({ pattern: UUID })), status: Type.Optional(Type.Union(HOSTED_RUN_STATUSES.map((status) => Type.Literal(status)))), api: Type.Optional(Type.String()), authSessionId: Type.Optional(Type.String()), jobRunId: Type.Optional(Type.String({ pattern: UUID })), queueId: Type.Optional(Type.String()), since: Type.Optional(Type.String({ format: "date-time" })), until: Type.Optional(Type.String({ format: "date-time" })) }, { additionalProperties: false }),
        response: { 200: Page(Type.Unknown(), "runs") },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const project = await projectOf(store, request);
      const limit = query.limit ?? PAGE_SIZE;
      const runs = await store.runs.list(project.id, { ...query, limit: limit + 1 });
      const page = runs.slice(0, limit);
      const last = page.at(-1);
      return reply.send({ runs: page.map(toRunSummary), ...(runs.length > limit && last !== undefined && { nextCursor: last.runId }) });
    },
  );

  app.get("/runs/:runId", { config: { scope: "run" }, schema: { tags, summary: "A run with its attempts and phases" } }, async (request) => {
    const project = await projectOf(store, request);
    return toRunDetails(await findRun(store, project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run")));
  });

  app.get("/runs/:runId/logs", { config: { scope: "run" }, schema: { tags, summary: "What a run logged" } }, async (request) => {
    const project = await projectOf(store, request);
    const run = await findRun(store, project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run"));
    const events = await store.events.list(run.runId, { after: null, limit: LOGS_PAGE });
    return { logs: events.flatMap(({ event }) => (event.type === "log" ? [event] : [])) };
  });

  app.get("/runs/:runId/events", { config: { scope: "run" }, schema: { tags, summary: "What happens in a run, as server-sent events", description: "Resumes after the id in the header Last-Event-ID. The last event is named `end`.", produces: ["text/event-stream"] } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const run = await findRun(store, project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run"));
    const lastEventId = request.headers["last-event-id"];
    if (lastEventId !== undefined && !/^\d{1,18}$/.test(String(lastEventId))) throw new LatchkeyError("REQUEST_INVALID", "The header Last-Event-ID is not an id of this stream.");
    return reply
      .header("content-type", "text/event-stream; charset=utf-8")
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      .send(Readable.from(streamEvents(store, { projectId: project.id, runId: run.runId, after: lastEventId === undefined ? null : String(lastEventId), signal: clientGone(reply.raw) })));
  });

  app.get("/runs/:runId/artifacts", { config: { scope: "run" }, schema: { tags, summary: "Files that a run left" } }, async (request) => {
    const project = await projectOf(store, request);
    const run = await findRun(store, project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run"));
    return { artifacts: await store.artifacts.list(run.runId), complete: hasEnded(run.status) };
  });

  app.get("/runs/:runId/artifacts/*", { config: { scope: "run" }, schema: { tags, summary: "One file of a run", produces: ["application/octet-stream"] } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const run = await findRun(store, project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run"));
    const name = paramOf(request, "*");
    const known = (await store.artifacts.list(run.runId)).find((artifact) => artifact.name === name);
    const stream = known === undefined ? null : await artifacts.get(run.runId, name);
    if (known === undefined || stream === null) throw new LatchkeyError("ARTIFACT_NOT_FOUND", `The run has no file "${name}".`);
    // Whatever a site or author code made is data here, never a page of ours.
    return reply.header("content-type", "application/octet-stream").header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(name.split("/").at(-1) ?? name)}`).header("content-security-policy", "sandbox").send(stream);
  });
}
