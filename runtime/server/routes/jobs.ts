import { timingSafeEqual } from "node:crypto";
import { Readable } from "node:stream";
import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import { JOB_RUN_SORT_KEYS, type JobDefinition, type JobRunPage, type StoredJobRun } from "../../model/job.ts";
import { unmaskDefinition } from "../../model/masked.ts";
import type { AnyRequest, App } from "../app.ts";
import { paramOf, principalOf, projectOf, uuidOf } from "../authenticate.ts";
import { checkJob } from "../check-resources.ts";
import { idempotencyKeyOf } from "../request-run.ts";
import { resultLines } from "../result-lines.ts";
import { JobBody, JobCreate } from "../schemas-jobs.ts";
import type { ServerParts } from "../server-parts.ts";
import { toJobDetails, toJobListItem, toWireJobRun } from "../wire/job.ts";

const tags = ["Jobs"];
const LINK_MS = 60 * 60 * 1_000;

/** Jobs and job runs (WIRE-API 4.6, 4.7). */
export function addJobRoutes(app: App, parts: ServerParts): void {
  const { store } = parts;
  const note = (request: AnyRequest, project: HostedProject, action: string, id: string): Promise<void> => store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: `job.${action}`, subject: `${project.name}/${id}` });
  const ofRequest = async (request: AnyRequest): Promise<{ readonly project: HostedProject; readonly id: string }> => ({ project: await projectOf(store, request), id: paramOf(request, "jobId") });
  const jobRunId = (request: AnyRequest): string => uuidOf(request, "jobRunId", "JOB_RUN_NOT_FOUND", "job run");

  app.get("/jobs", { config: { scope: "run" }, schema: { tags, summary: "Jobs" } }, async (request, reply) => {
    const project = await projectOf(store, request);
    return reply.send((await store.jobs.list(project.id)).map((job) => toJobListItem(job, project)));
  });

  app.post("/jobs", { config: { scope: "manage" }, schema: { tags, summary: "Create a job", body: JobCreate, response: { 201: Type.Unknown() } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { id, ...body } = request.body;
    const definition = body as unknown as JobDefinition;
    await checkJob(parts, project, definition);
    await store.jobs.create(project.id, id, definition, "api");
    await note(request, project, "create", id);
    return reply.code(201).send({ id, message: "created" });
  });

  app.get("/jobs/:jobId", { config: { scope: "run" }, schema: { tags, summary: "A job" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    return toJobDetails(await store.jobs.get(project.id, id), project);
  });

  app.put("/jobs/:jobId", { config: { scope: "manage" }, schema: { tags, summary: "Replace a job; what is masked as it was read keeps its secret", body: JobBody } }, async (request) => {
    const { project, id } = await ofRequest(request);
    const { origin } = await store.jobs.get(project.id, id);
    refuseDeclared(origin, id);
    const before = await store.jobs.definitionOf(project.id, id);
    const definition = unmaskDefinition(request.body as unknown as JobDefinition, before);
    await checkJob(parts, project, definition, { before });
    await store.jobs.update(project.id, id, definition, "api");
    await note(request, project, "update", id);
    return { id, message: "updated job successfully" };
  });

  app.delete("/jobs/:jobId", { config: { scope: "manage" }, schema: { tags, summary: "Delete a job; its job run is terminated", response: { 204: Type.Null() } } }, async (request, reply) => {
    const { project, id } = await ofRequest(request);
    refuseDeclared((await store.jobs.get(project.id, id)).origin, id);
    await store.jobs.delete(project.id, id);
    await note(request, project, "delete", id);
    return reply.code(204).send(null);
  });

  app.post("/jobs/:jobId/pause", { config: { scope: "manage" }, schema: { tags, summary: "Make no job runs; the one that goes on takes no more items" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    await store.jobs.pause(project.id, id, { type: "paused", message: `Paused by ${principalOf(request).name}.`, timestamp: new Date().toISOString() });
    await note(request, project, "pause", id);
    return { message: "Paused" };
  });

  app.post("/jobs/:jobId/resume", { config: { scope: "manage" }, schema: { tags, summary: "Go on" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    await store.jobs.resume(project.id, id);
    await note(request, project, "resume", id);
    return { message: "Resumed" };
  });

  app.post("/jobs/:jobId/trigger", { config: { scope: "run" }, schema: { tags, summary: "Start a job run now" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    const run = await store.jobs.trigger(project, id, idempotencyKeyOf(request.headers));
    await note(request, project, "trigger", id);
    return { id, jobRunId: run.id, message: run.status === "canceled" && run.reason !== null ? `Not started: ${run.reason.message}` : "Triggered" };
  });

  app.get("/jobs/:jobId/runs", { config: { scope: "run" }, schema: { tags, summary: "Job runs, newest first", querystring: Type.Object({ pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 10 })), pageNumber: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })), sortBy: Type.Optional(Type.String({ maxLength: 256 })) }) } }, async (request) => {
    const { project, id } = await ofRequest(request);
    const { pageSize = 10, pageNumber = 0, sortBy } = request.query;
    const { jobRuns, totalCount } = await store.jobs.runs(project.id, id, { pageSize, pageNumber, sort: readSort(sortBy) });
    return { jobRuns: jobRuns.map((run) => toWireJobRun(run, project)), totalCount };
  });

  app.get("/jobs/:jobId/runs/:jobRunId", { config: { scope: "run" }, schema: { tags, summary: "A job run, with a link to its results" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    const run = await store.jobs.run(project.id, id, jobRunId(request));
    const results = hasResults(run) ? { results: linkTo(request, run.id) } : {};
    return { jobRun: toWireJobRun(run, project), ...results };
  });

  app.post("/jobs/:jobId/runs/:jobRunId/terminate", { config: { scope: "run" }, schema: { tags, summary: "End a job run; its runs are canceled" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    const isNew = await store.jobs.terminate(project.id, id, jobRunId(request));
    if (isNew) await note(request, project, "terminate", id);
    return { message: isNew ? "Job run terminated" : "Job run had ended already" };
  });

  // The link is the permission: it names one job run, and holds for an hour.
  app.get("/jobs/:jobId/runs/:jobRunId/results.jsonl", { schema: { tags, summary: "The results of a job run, a line each; by the link of the job run", security: [], querystring: Type.Object({ expires: Type.Optional(Type.String({ maxLength: 32 })), signature: Type.Optional(Type.String({ maxLength: 256 })) }) } }, async (request, reply) => {
    const id = jobRunId(request);
    const { expires = "", signature = "" } = request.query;
    if (!isSame(signature, store.sign(`results ${id} ${expires}`)) || !(Date.parse(expires) > Date.now())) throw new LatchkeyError("LINK_EXPIRED", "The link to the results is not valid, or no longer.");
    return reply.type("application/jsonl").send(Readable.from(resultLines(store, id)));
  });

  function linkTo(request: AnyRequest, id: string): object {
    const expires = new Date(Date.now() + LINK_MS).toISOString();
    const path = request.originalUrl.split("?")[0] ?? "";
    const query = new URLSearchParams({ expires, signature: store.sign(`results ${id} ${expires}`) });
    return { signed_url: `${request.protocol}://${request.host}${path.replace(/\/$/, "")}/results.jsonl?${query.toString()}`, format: "jsonl", signed_url_expiration: expires };
  }
}

/** In the same time wherever they differ. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hasResults({ successfulRuns, failedRuns, canceledRuns }: StoredJobRun): boolean {
  return successfulRuns + failedRuns + canceledRuns > 0;
}

/** What is declared in the project is changed there, or the next deployment would undo it. */
export function refuseDeclared(origin: "api" | "deployment", id: string): void {
  if (origin === "deployment") throw new LatchkeyError("RESOURCE_DECLARED", `"${id}" is declared in the project's files.`);
}

/** `start_time,desc/status,asc` (WIRE-API 4.7). */
function readSort(text: string | undefined): JobRunPage["sort"] {
  if (text === undefined || text === "") return [];
  return text.split("/").map((part) => {
    const [name = "", direction = "asc"] = part.split(",");
    const key = JOB_RUN_SORT_KEYS.find((one) => one === name);
    if (key === undefined || (direction !== "asc" && direction !== "desc")) throw new LatchkeyError("REQUEST_INVALID", `sortBy cannot be read: it is like start_time,desc/status,asc with ${JOB_RUN_SORT_KEYS.join(", ")}.`);
    return { key, descending: direction === "desc" };
  });
}
