import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import { assertProjectName } from "../../model/ids.ts";
import { SCOPES, scopeCovers } from "../../model/principal.ts";
import type { App } from "../app.ts";
import { paramOf, principalOf, uuidOf, wholeWorkspaceOf, workspaceOf } from "../authenticate.ts";
import { Body, Page, PAGE } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";

const PAGE_SIZE = 50;

/** Projects, keys, audit and workers of a workspace (WIRE-API, part B). */
export function addWorkspaceRoutes(app: App, { store }: ServerParts): void {
  app.get("/:workspaceId/projects", { config: { scope: "run" }, schema: { tags: ["Workspace"], summary: "Projects of the workspace" } }, async (request) => {
    const { projectId } = principalOf(request);
    const projects = await store.projects.list(workspaceOf(request));
    return { projects: projects.filter(({ id }) => projectId === null || id === projectId) };
  });

  app.post("/:workspaceId/projects", { config: { scope: "deploy" }, schema: { tags: ["Workspace"], summary: "Make a project; deploying makes it too", body: Body({ name: Type.String({ minLength: 1, maxLength: 128 }) }), response: { 201: Type.Unknown() } } }, async (request, reply) => {
    const workspaceId = wholeWorkspaceOf(request);
    const { name } = request.body;
    assertProjectName(name);
    const project = await store.projects.create(workspaceId, name);
    await store.audit.note(workspaceId, { actor: principalOf(request).name, action: "project.create", subject: name });
    return reply.code(201).send(project);
  });

  app.get("/:workspaceId/projects/:projectName", { config: { scope: "run" }, schema: { tags: ["Workspace"], summary: "One project" } }, async (request) => {
    const name = paramOf(request, "projectName");
    const { projectId } = principalOf(request);
    const project = await store.projects.byName(workspaceOf(request), name);
    if (project === null || (projectId !== null && project.id !== projectId)) throw new LatchkeyError("PROJECT_UNKNOWN", `There is no project "${name}".`);
    return project;
  });

  app.get("/:workspaceId/keys", { config: { scope: "admin" }, schema: { tags: ["Keys"], summary: "API keys, without what lets anybody in" } }, async (request) => ({ keys: await store.keys.list(wholeWorkspaceOf(request)) }));

  app.post(
    "/:workspaceId/keys",
    {
      config: { scope: "admin" },
      schema: {
        tags: ["Keys"],
        summary: "Make an API key; it is shown this once",
        body: Body({ name: Type.String({ minLength: 1, maxLength: 128 }), scope: Type.Union(SCOPES.map((scope) => Type.Literal(scope))), project: Type.Optional(Type.String()), expiresAt: Type.Optional(Type.String({ format: "date-time" })) }),
        response: { 201: Type.Unknown() },
      },
    },
    async (request, reply) => {
      const workspaceId = wholeWorkspaceOf(request);
      const { name, scope, project: projectName, expiresAt = null } = request.body;
      if (!scopeCovers(principalOf(request).scope, scope)) throw new LatchkeyError("FORBIDDEN", "A key cannot make one that may do more.");
      if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) throw new LatchkeyError("REQUEST_INVALID", "expiresAt is in the past.");
      const project = projectName === undefined ? null : await store.projects.byName(workspaceId, projectName);
      if (projectName !== undefined && project === null) throw new LatchkeyError("PROJECT_UNKNOWN", `There is no project "${projectName}".`);
      const { key, summary } = await store.keys.create({ workspaceId, projectId: project?.id ?? null, name, scope, expiresAt });
      await store.audit.note(workspaceId, { actor: principalOf(request).name, action: "key.create", subject: name, details: { id: summary.id, scope } });
      return reply.code(201).header("cache-control", "no-store").send({ ...summary, key });
    },
  );

  app.delete("/:workspaceId/keys/:keyId", { config: { scope: "admin" }, schema: { tags: ["Keys"], summary: "Revoke an API key, at once", response: { 204: Type.Null() } } }, async (request, reply) => {
    const workspaceId = wholeWorkspaceOf(request);
    const id = uuidOf(request, "keyId", "KEY_NOT_FOUND", "API key");
    await store.keys.revoke(workspaceId, id);
    await store.audit.note(workspaceId, { actor: principalOf(request).name, action: "key.revoke", subject: id });
    return reply.code(204).send(null);
  });

  app.get("/:workspaceId/audit", { config: { scope: "admin" }, schema: { tags: ["Workspace"], summary: "Who changed or revealed what, newest first", querystring: Type.Object({ ...PAGE, cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,18}$" })) }, { additionalProperties: false }), response: { 200: Page(Type.Unknown(), "entries") } } }, async (request, reply) => {
    const { cursor, limit = PAGE_SIZE } = request.query;
    const entries = await store.audit.list(wholeWorkspaceOf(request), { ...(cursor !== undefined && { cursor }), limit: limit + 1 });
    const page = entries.slice(0, limit);
    const last = page.at(-1);
    return reply.send({ entries: page, ...(entries.length > limit && last !== undefined && { nextCursor: last.id }) });
  });

  app.get("/:workspaceId/workers", { config: { scope: "run" }, schema: { tags: ["Workspace"], summary: "Workers and their slots" } }, async (request) => {
    wholeWorkspaceOf(request);
    return { workers: await store.workers.list() };
  });
}
