import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import type { StoredDelivery } from "../../model/hosted-store.ts";
import type { App } from "../app.ts";
import { principalOf, projectOf, uuidOf } from "../authenticate.ts";
import { PAGE } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";

const tags = ["Deliveries"];

/** What became of results on their way to sinks, and what webhooks are signed with. */
export function addDeliveryRoutes(app: App, { store }: ServerParts): void {
  const withoutNulls = (delivery: StoredDelivery): object => Object.fromEntries(Object.entries(delivery).filter(([, value]) => value !== null));

  app.get("/deliveries", { config: { scope: "run" }, schema: { tags, summary: "Deliveries, newest first; status=failed are those that were given up", querystring: Type.Object({ ...PAGE, status: Type.Optional(Type.Union([Type.Literal("pending"), Type.Literal("delivered"), Type.Literal("failed")])), runId: Type.Optional(Type.String({ format: "uuid" })), jobRunId: Type.Optional(Type.String({ format: "uuid" })) }) } }, async (request) => {
    const project = await projectOf(store, request);
    const { cursor, limit = 50, status, runId, jobRunId } = request.query;
    if (cursor !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(cursor)) throw new LatchkeyError("REQUEST_INVALID", "The cursor is not one of a page before.");
    const deliveries = await store.deliveries.list(project.id, { limit, ...(cursor !== undefined && { cursor }), ...(status !== undefined && { status }), ...(runId !== undefined && { runId }), ...(jobRunId !== undefined && { jobRunId }) });
    const last = deliveries.at(-1);
    return { deliveries: deliveries.map(withoutNulls), ...(deliveries.length === limit && last !== undefined && { nextCursor: last.id }) };
  });

  app.get("/deliveries/:deliveryId", { config: { scope: "run" }, schema: { tags, summary: "A delivery with its body" } }, async (request) => {
    const project = await projectOf(store, request);
    return withoutNulls(await store.deliveries.get(project.id, uuidOf(request, "deliveryId", "DELIVERY_NOT_FOUND", "delivery")));
  });

  app.post("/deliveries/:deliveryId/replay", { config: { scope: "manage" }, schema: { tags, summary: "Deliver again what was delivered or given up, under the same id" } }, async (request) => {
    const project = await projectOf(store, request);
    const id = uuidOf(request, "deliveryId", "DELIVERY_NOT_FOUND", "delivery");
    const delivery = await store.deliveries.replay(project.id, id);
    await store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: "delivery.replay", subject: `${project.name}/${id}` });
    return withoutNulls(delivery);
  });

  app.get("/signing-secret", { config: { scope: "admin" }, schema: { tags, summary: "Reveal what webhooks of the project are signed with" } }, async (request) => {
    const project = await projectOf(store, request);
    await store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: "signing-secret.reveal", subject: project.name });
    return store.signing.current(project.id);
  });

  app.post("/signing-secret/rotate", { config: { scope: "admin" }, schema: { tags, summary: "Make a new signing secret; for a day webhooks carry signatures of both" } }, async (request) => {
    const project = await projectOf(store, request);
    const made = await store.signing.rotate(project.id);
    await store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: "signing-secret.rotate", subject: project.name });
    return made;
  });
}
