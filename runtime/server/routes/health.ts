import { Type } from "@fastify/type-provider-typebox";
import type { App } from "../app.ts";
import type { Metrics } from "../metrics.ts";
import type { ServerParts } from "../server-parts.ts";

const tags = ["Runtime"];

/** What load balancers, Kubernetes and Prometheus ask. No key: nothing of any project is in it but names and numbers. */
export function addHealthRoutes(app: App, { store, version }: ServerParts, metrics: Metrics): void {
  app.get("/healthz", { schema: { tags, summary: "Whether the process lives", security: [], response: { 200: Type.Object({ status: Type.String(), version: Type.String() }) } } }, async () => ({ status: "ok", version }));

  app.get("/readyz", { schema: { tags, summary: "Whether requests can be served: the database answers", security: [], response: { 200: Type.Object({ status: Type.String() }) } } }, async (_request, reply) => {
    await store.ping();
    return reply.send({ status: "ready" });
  });

  app.get("/metrics", { schema: { tags, summary: "Metrics for Prometheus", security: [], produces: ["text/plain"] } }, async (_request, reply) => reply.header("content-type", metrics.contentType).send(await metrics.text()));
}
