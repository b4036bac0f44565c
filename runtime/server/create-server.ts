import { randomUUID } from "node:crypto";
import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import websocket from "@fastify/websocket";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import fastify, { LogController, type FastifyBaseLogger, type FastifyError } from "fastify";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { App } from "./app.ts";
import { createAuthenticator } from "./authenticate.ts";
import { isNavigation, serveDashboard } from "./dashboard/serve-files.ts";
import { createMetrics } from "./metrics.ts";
import { problemOf, statusOf } from "./problem.ts";
import { BASE, rewriteUrl } from "./rewrite-url.ts";
import { addAuthOperationRoutes } from "./routes/auth-operations.ts";
import { addAuthSessionRoutes } from "./routes/auth-sessions.ts";
import { addDeploymentRoutes } from "./routes/deployments.ts";
import { addDeliveryRoutes } from "./routes/deliveries.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addJobRoutes } from "./routes/jobs.ts";
import { addLiveRoutes } from "./routes/live.ts";
import { addPromptRoutes } from "./routes/prompts.ts";
import { addQueueRoutes } from "./routes/queues.ts";
import { addRecordingRoutes } from "./routes/recordings.ts";
import { addRecordingVisitRoutes } from "./routes/recording-visits.ts";
import { addRepeatItemRoutes } from "./routes/repeat-items.ts";
import { addRunDetailRoutes } from "./routes/run-details.ts";
import { addRunRoutes } from "./routes/runs.ts";
import { addSessionRoutes } from "./routes/session.ts";
import { addWorkspaceRoutes } from "./routes/workspace.ts";
import { Problem } from "./schemas.ts";
import type { ServerParts } from "./server-parts.ts";

const BODY_LIMIT_BYTES = 16 * 1024 * 1024;
/** Asked for over and over, and telling nothing. */
const UNLOGGED = new Set(["/healthz", "/readyz", "/metrics", "/assets/*"]);
/** Room for a pasted text. */
const MESSAGE_LIMIT_BYTES = 256 * 1024;
const GOING_AWAY = 1_001;
const DOCS_POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** The HTTP server with all its routes; it does not listen yet. */
export async function createServer(parts: ServerParts): Promise<App> {
  const metrics = createMetrics(parts.store);
  const authenticator = createAuthenticator(parts.store, Date.now);
  // pino's own type has more than Fastify asks of a logger.
  const loggerInstance: FastifyBaseLogger = parts.log;
  const app: App = fastify({
    loggerInstance,
    // One line a request is written below, with the key that made it.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    rewriteUrl: (request) => (isNavigation(request) && !(request.url ?? "/").startsWith("/api/") ? (request.url ?? "/") : rewriteUrl(request.url ?? "/")),
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1_024 },
    exposeHeadRoutes: false,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.decorateRequest("principal", null);
  app.decorateRequest("watched", null);
  useValidators(app);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  // An empty body of a POST means no body, whatever type the client announces.
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) => {
    if (text === "") return done(null, null);
    try {
      done(null, JSON.parse(text.toString()));
    } catch (cause) {
      done(new LatchkeyError("REQUEST_INVALID", "The body is not valid JSON.", { cause }));
    }
  });
  await app.register(cookie);
  await app.register(multipart);
  await app.register(websocket, {
    options: { maxPayload: MESSAGE_LIMIT_BYTES },
    preClose(this: App, done) {
      // A viewer that does not answer the goodbye must not keep the server from ending.
      for (const client of this.websocketServer.clients) {
        client.close(GOING_AWAY);
        client.terminate();
      }
      done();
    },
  });
  await app.register(swagger, {
    openapi: { openapi: "3.1.0", info: { title: "Latchkey", version: parts.version, description: "Runs browser automations on behalf of logged-in users." }, components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "x-api-key" } } }, security: [{ key: [] }] },
  });
  await app.register(swaggerUi, { routePrefix: "/docs", staticCSP: DOCS_POLICY, theme: { title: "Latchkey API", css: [{ filename: "latchkey.css", content: ".topbar { display: none }" }] } });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());

  app.addHook("onRoute", (route) => {
    if (route.config?.scope === undefined) return;
    const response = typeof route.schema?.response === "object" ? route.schema.response : {};
    route.schema = { ...route.schema, response: { ...response, "4xx": Problem } };
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-content-type-options", "nosniff");
    reply.header("x-request-id", request.id);
    const { scope } = request.routeOptions.config;
    if (scope !== undefined) request.principal = await authenticator.principalOf(request, scope);
  });
  app.addHook("onResponse", async (request, reply) => {
    const url = request.routeOptions.url ?? "none";
    // Each file of the dashboard is a route of its own, with another name in every release.
    const route = url.startsWith("/assets/") ? "/assets/*" : url;
    metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
    if (!UNLOGGED.has(route)) request.log.info({ method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime), key: request.principal?.keyId }, "request");
  });
  app.setErrorHandler((thrown: FastifyError | LatchkeyError, request, reply) => {
    const error = asLatchkeyError(thrown);
    const status = "statusCode" in thrown && thrown.statusCode === 413 ? 413 : statusOf(error);
    if (status >= 500) request.log.error({ err: thrown, code: error.code }, "request failed");
    return reply.code(status).type("application/json").send(problemOf(error, { status, correlationId: request.id, instance: request.url }));
  });
  const pageOf = await serveDashboard(app, parts.dashboardDir);
  app.setNotFoundHandler((request, reply) => {
    const page = pageOf(request, reply);
    if (page !== null) return page;
    const error = new LatchkeyError("NOT_FOUND", `There is nothing at ${request.method} ${request.url.split("?")[0] ?? ""}.`);
    return reply.code(404).type("application/json").send(problemOf(error, { status: 404, correlationId: request.id, instance: request.url }));
  });

  addHealthRoutes(app, parts, metrics);
  addSessionRoutes(app, parts, authenticator);
  addRecordingVisitRoutes(app, parts);
  await app.register(
    async (workspace) => {
      addWorkspaceRoutes(workspace, parts);
      await workspace.register(
        async (project) => {
          for (const add of [addRunRoutes, addRunDetailRoutes, addLiveRoutes, addPromptRoutes, addRecordingRoutes, addAuthOperationRoutes, addAuthSessionRoutes, addDeploymentRoutes, addJobRoutes, addQueueRoutes, addRepeatItemRoutes, addDeliveryRoutes]) add(project, parts);
        },
        { prefix: "/:workspaceId/projects/:projectName" },
      );
    },
    { prefix: BASE },
  );
  return app;
}

/** Paths and queries are text and are read as what they should be; bodies must be what they should be already. */
function useValidators(app: App): void {
  const make = (coerceTypes: boolean): Ajv => {
    const ajv = new Ajv({ coerceTypes, useDefaults: true, removeAdditional: false, allErrors: false, allowUnionTypes: true, strict: false });
    // The package is CommonJS: its function is one level deeper under Node's own loader.
    (addFormats as unknown as { default: (target: Ajv) => void }).default(ajv);
    return ajv;
  };
  const [text, json] = [make(true), make(false)];
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === "body" ? json : text).compile(schema as object));
}

function asLatchkeyError(thrown: FastifyError | LatchkeyError): LatchkeyError {
  if (thrown instanceof LatchkeyError) return thrown;
  if (thrown.validation !== undefined) {
    const [first] = thrown.validation;
    const path = first?.instancePath.slice(1).replaceAll("/", ".") ?? "";
    const extra = first?.params["additionalProperty"];
    const where = path === "" ? (thrown.validationContext ?? "request") : `${thrown.validationContext ?? "request"} ${path}`;
    return new LatchkeyError("REQUEST_INVALID", typeof extra === "string" ? `The ${where} has an unknown field "${extra.slice(0, 100)}".` : `The ${where} ${first?.message ?? "is not valid"}.`);
  }
  const { statusCode } = thrown;
  if (statusCode !== undefined && statusCode < 500) return new LatchkeyError("REQUEST_INVALID", `${thrown.message.replace(/\.$/, "")}.`);
  return toLatchkeyError(thrown);
}
