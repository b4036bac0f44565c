import { Type } from "@fastify/type-provider-typebox";
import { unmaskDefinition } from "../../model/masked.ts";
import type { RepeatItem } from "../../model/queue.ts";
import { LatchkeyError } from "../../model/errors.ts";
import type { App } from "../app.ts";
import { paramOf, projectOf, uuidOf } from "../authenticate.ts";
import { checkItems, checkRepeat } from "../check-resources.ts";
import { RepeatItemBody } from "../schemas-jobs.ts";
import type { ServerParts } from "../server-parts.ts";
import { toWireRepeatItem } from "../wire/queue.ts";

const tags = ["Queues"];

/** Items that are appended again and again (WIRE-API 4.12). */
export function addRepeatItemRoutes(app: App, parts: ServerParts): void {
  const { store } = parts;

  app.get("/queues/:queueId/repeatItems", { config: { scope: "run" }, schema: { tags, summary: "Repeat items" } }, async (request, reply) => {
    const project = await projectOf(store, request);
    return reply.send((await store.queues.repeatItems(project.id, paramOf(request, "queueId"))).map(toWireRepeatItem));
  });

  app.post("/queues/:queueId/repeatItems", { config: { scope: "manage" }, schema: { tags, summary: "Append an item now, and then again and again", body: RepeatItemBody, response: { 201: Type.Unknown() } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const queueId = paramOf(request, "queueId");
    const item = request.body as unknown as RepeatItem;
    checkRepeat(parts, item);
    await checkItems(parts, project, await store.queues.definitionOf(project.id, queueId), [item]);
    return reply.code(201).send({ id: await store.queues.addRepeatItem(project.id, queueId, item), status: "repeatable item created" });
  });

  app.get("/queues/:queueId/repeatItems/:itemId", { config: { scope: "run" }, schema: { tags, summary: "A repeat item" } }, async (request) => {
    const project = await projectOf(store, request);
    const itemId = uuidOf(request, "itemId", "REPEAT_ITEM_NOT_FOUND", "repeat item");
    const found = (await store.queues.repeatItems(project.id, paramOf(request, "queueId"))).find(({ id }) => id === itemId);
    if (found === undefined) throw new LatchkeyError("REPEAT_ITEM_NOT_FOUND", `There is no repeat item "${itemId}".`);
    return toWireRepeatItem(found);
  });

  app.put("/queues/:queueId/repeatItems/:itemId", { config: { scope: "manage" }, schema: { tags, summary: "Replace a repeat item", body: RepeatItemBody } }, async (request) => {
    const project = await projectOf(store, request);
    const queueId = paramOf(request, "queueId");
    const itemId = uuidOf(request, "itemId", "REPEAT_ITEM_NOT_FOUND", "repeat item");
    const item = unmaskDefinition(request.body as unknown as RepeatItem, await store.queues.repeatItemOf(project.id, queueId, itemId));
    checkRepeat(parts, item);
    await checkItems(parts, project, await store.queues.definitionOf(project.id, queueId), [item]);
    await store.queues.updateRepeatItem(project.id, queueId, itemId, item);
    return { message: "repeatable item updated" };
  });

  app.delete("/queues/:queueId/repeatItems/:itemId", { config: { scope: "manage" }, schema: { tags, summary: "Delete a repeat item", response: { 204: Type.Null() } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    await store.queues.deleteRepeatItem(project.id, paramOf(request, "queueId"), uuidOf(request, "itemId", "REPEAT_ITEM_NOT_FOUND", "repeat item"));
    return reply.code(204).send(null);
  });
}
