import { randomUUIDv7 } from "node:crypto";
import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import type { HostedRun } from "../../model/hosted-run.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import { unmaskDefinition } from "../../model/masked.ts";
import { MAX_APPENDED_ITEMS, type QueueDefinition, type QueueItem } from "../../model/queue.ts";
import type { AnyRequest, App } from "../app.ts";
import { paramOf, principalOf, projectOf, uuidOf } from "../authenticate.ts";
import { checkItems, checkQueue } from "../check-resources.ts";
import { findRun } from "../ended.ts";
import { idempotencyKeyOf } from "../request-run.ts";
import { PAGE } from "../schemas.ts";
import { ItemChange, QueueBody, QueueCreate, QueueItemBody } from "../schemas-jobs.ts";
import type { ServerParts } from "../server-parts.ts";
import { toItem, toItemStatus, toWireQueue } from "../wire/queue.ts";
import { refuseDeclared } from "./jobs.ts";

const tags = ["Queues"];

/** Queues and their items (WIRE-API 4.12). */
export function addQueueRoutes(app: App, parts: ServerParts): void {
  const { store } = parts;
  const note = (request: AnyRequest, project: HostedProject, action: string, id: string): Promise<void> => store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: `queue.${action}`, subject: `${project.name}/${id}` });
  const ofRequest = async (request: AnyRequest): Promise<{ readonly project: HostedProject; readonly id: string }> => ({ project: await projectOf(store, request), id: paramOf(request, "queueId") });
  const itemOf = async (request: AnyRequest, project: HostedProject, id: string): Promise<string> => {
    const runId = uuidOf(request, "itemRunId", "QUEUE_ITEM_NOT_FOUND", "item");
    await store.queues.get(project.id, id);
    const run = await store.runs.get(project.id, runId);
    if (run?.queueId !== id) throw new LatchkeyError("QUEUE_ITEM_NOT_FOUND", `The queue "${id}" has no item "${runId}".`);
    return runId;
  };

  app.get("/queues", { config: { scope: "run" }, schema: { tags, summary: "Queues" } }, async (request, reply) => {
    const project = await projectOf(store, request);
    return reply.send((await store.queues.list(project.id)).map(toWireQueue));
  });

  app.post("/queues", { config: { scope: "manage" }, schema: { tags, summary: "Create a queue", body: QueueCreate, response: { 201: Type.Unknown() } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const { id = `queue-${randomUUIDv7().slice(-12)}`, ...body } = request.body;
    const definition = body as unknown as QueueDefinition;
    await checkQueue(parts, project, definition);
    await store.queues.create(project.id, id, definition, "api");
    await note(request, project, "create", id);
    return reply.code(201).send({ id });
  });

  app.get("/queues/:queueId", { config: { scope: "run" }, schema: { tags, summary: "A queue" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    return toWireQueue(await store.queues.get(project.id, id));
  });

  app.put("/queues/:queueId", { config: { scope: "manage" }, schema: { tags, summary: "Replace a queue; items that wait keep the sink, login and attempts they were appended with", body: QueueBody } }, async (request) => {
    const { project, id } = await ofRequest(request);
    refuseDeclared((await store.queues.get(project.id, id)).origin, id);
    const definition = unmaskDefinition(request.body as unknown as QueueDefinition, await store.queues.definitionOf(project.id, id));
    await checkQueue(parts, project, definition);
    await store.queues.update(project.id, id, definition, "api");
    await note(request, project, "update", id);
    return { id, message: "updated queue successfully" };
  });

  app.delete("/queues/:queueId", { config: { scope: "manage" }, schema: { tags, summary: "Delete a queue; its items are canceled", response: { 204: Type.Null() } } }, async (request, reply) => {
    const { project, id } = await ofRequest(request);
    refuseDeclared((await store.queues.get(project.id, id)).origin, id);
    await store.queues.delete(project.id, id);
    await note(request, project, "delete", id);
    return reply.code(204).send(null);
  });

  app.post("/queues/:queueId/pause", { config: { scope: "manage" }, schema: { tags, summary: "Release no more items" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    await store.queues.pause(project.id, id, { type: "paused", message: `Paused by ${principalOf(request).name}.`, timestamp: new Date().toISOString() });
    await note(request, project, "pause", id);
    return { message: "Paused" };
  });

  app.post("/queues/:queueId/resume", { config: { scope: "manage" }, schema: { tags, summary: "Go on" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    await store.queues.resume(project.id, id);
    await note(request, project, "resume", id);
    return { message: "Resumed" };
  });

  app.post("/queues/:queueId/items", { config: { scope: "run" }, schema: { tags, summary: "Append an item, or a list of items: all or none", description: "An item's `id`, or the header Idempotency-Key for a single item, makes it safe to send again.", body: Type.Union([QueueItemBody, Type.Array(QueueItemBody, { minItems: 1, maxItems: MAX_APPENDED_ITEMS })]), response: { 201: Type.Unknown() } } }, async (request, reply) => {
    const { project, id } = await ofRequest(request);
    const key = idempotencyKeyOf(request.headers);
    const isMany = Array.isArray(request.body);
    if (isMany && key !== null) throw new LatchkeyError("REQUEST_INVALID", "The header Idempotency-Key is for a single item; give each item of a list an id of its own.");
    const items = (isMany ? request.body : [{ ...(key !== null && { id: key }), ...request.body }]) as unknown as readonly QueueItem[];
    await checkItems(parts, project, await store.queues.definitionOf(project.id, id), items);
    const runs = await store.queues.append(project, id, items, principalOf(request).name);
    const answers = runs.map(({ runId }) => ({ runId, status: "queued" }));
    return reply.code(201).send(isMany ? answers : answers[0]);
  });

  app.get("/queues/:queueId/items", { config: { scope: "run" }, schema: { tags, summary: "Items, newest first", querystring: Type.Object({ ...PAGE, status: Type.Optional(Type.Union([Type.Literal("pending"), Type.Literal("started"), Type.Literal("awaiting-input"), Type.Literal("completed"), Type.Literal("canceled"), Type.Literal("failed")])) }) } }, async (request) => {
    const { project, id } = await ofRequest(request);
    await store.queues.get(project.id, id);
    const { cursor, limit = 50, status } = request.query;
    if (cursor !== undefined && !/^[0-9a-f-]{36}$/i.test(cursor)) throw new LatchkeyError("REQUEST_INVALID", "The cursor is not one of a page before.");
    const runs: readonly HostedRun[] = await store.runs.list(project.id, { queueId: id, limit, ...(cursor !== undefined && { cursor }), ...(status !== undefined && { status }) });
    const last = runs.at(-1);
    return { items: runs.map(toItem), ...(runs.length === limit && last !== undefined && { nextCursor: last.runId }) };
  });

  app.get("/queues/:queueId/items/:itemRunId", { config: { scope: "run" }, schema: { tags, summary: "What became of an item" } }, async (request) => {
    const { project, id } = await ofRequest(request);
    return toItemStatus(await findRun(store, project.id, await itemOf(request, project, id)));
  });

  app.patch("/queues/:queueId/items/:itemRunId", { config: { scope: "run" }, schema: { tags, summary: "Give an item that waits another priority", body: ItemChange } }, async (request) => {
    const { project, id } = await ofRequest(request);
    return toItem(await store.queues.reprioritise(project.id, id, await itemOf(request, project, id), request.body.priority));
  });

  app.delete("/queues/:queueId/items/:itemRunId", { config: { scope: "run" }, schema: { tags, summary: "Cancel an item", response: { 204: Type.Null() } } }, async (request, reply) => {
    const { project, id } = await ofRequest(request);
    const runId = await itemOf(request, project, id);
    await store.runs.cancel(project.id, runId);
    return reply.code(204).send(null);
  });
}
