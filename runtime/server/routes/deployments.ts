import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import { assertProjectName } from "../../model/ids.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import type { AnyRequest, App } from "../app.ts";
import { planResources } from "../apply-resources.ts";
import { paramOf, principalOf, projectOf, uuidOf, workspaceOf } from "../authenticate.ts";
import { Body } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";

const tags = ["Deployments"];
const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** Variables that would change the runtime's own processes rather than the project's code. */
const RESERVED_ENV = /^(?:NODE_OPTIONS|NODE_PATH|LD_.*|DYLD_.*|PATH|HOME|LATCHKEY_.*)$/;

/** Deployments of a project, and its environment (WIRE-API, part B). */
export function addDeploymentRoutes(app: App, parts: ServerParts): void {
  const { store, deployments, maxArchiveBytes } = parts;
  const note = (request: AnyRequest, project: HostedProject, action: string, subject: string, details = {}): Promise<void> => store.audit.note(project.workspaceId, { actor: principalOf(request).name, action, subject: `${project.name}/${subject}`, details });
  /** The first deployment makes the project, if the key is not bound to another one. */
  const projectFor = async (request: AnyRequest): Promise<HostedProject> => {
    const name = paramOf(request, "projectName");
    assertProjectName(name);
    const workspaceId = workspaceOf(request);
    if ((await store.projects.byName(workspaceId, name)) !== null || principalOf(request).projectId !== null) return projectOf(store, request);
    const project = await store.projects.create(workspaceId, name).catch(async (thrown: unknown) => {
      const other = await store.projects.byName(workspaceId, name);
      if (other === null) throw thrown;
      return other;
    });
    await note(request, project, "project.create", "");
    return project;
  };

  app.post("/deployments", { config: { scope: "deploy" }, schema: { tags, summary: "Upload a deployment: multipart with `manifest` and `archive`, and `activate` (default true)", consumes: ["multipart/form-data"], response: { 200: Type.Unknown(), 201: Type.Unknown() } } }, async (request, reply) => {
    const { manifest, archive, activate } = await readUpload(request, maxArchiveBytes);
    const project = await projectFor(request);
    const accepted = await deployments.accept(project, manifest, archive, principalOf(request).name);
    await note(request, project, "deployment.upload", accepted.id, { contentHash: accepted.manifest.contentHash, isNew: accepted.isNew });
    if (activate) {
      await store.projects.activate(project.id, accepted.id);
      await note(request, project, "deployment.activate", accepted.id);
    }
    return reply.code(accepted.isNew ? 201 : 200).send({ id: accepted.id, contentHash: accepted.manifest.contentHash, isNew: accepted.isNew, active: activate, project: project.name });
  });

  app.get("/deployments", { config: { scope: "run" }, schema: { tags, summary: "Deployments, newest first" } }, async (request) => {
    const project = await projectOf(store, request);
    return { deployments: await store.projects.deployments(project.id) };
  });

  app.get("/deployments/live", { config: { scope: "run" }, schema: { tags, summary: "The live deployment with the JSON Schema of every API and sample parameters" } }, async (request) => {
    const project = await projectOf(store, request);
    const { id, manifest } = await deployments.live(project);
    return { id, contentHash: manifest.contentHash, authSessions: manifest.authSessions, targets: manifest.targets.map(({ name, source, parameterSchema }) => ({ name, source, parameterSchema })), samples: manifest.samples };
  });

  app.get("/deployments/:deploymentId/plan", { config: { scope: "deploy" }, schema: { tags, summary: "What the jobs and queues that a deployment declares would change" } }, async (request) => {
    const project = await projectOf(store, request);
    return { changes: (await planResources(parts, project, uuidOf(request, "deploymentId", "DEPLOYMENT_NOT_FOUND", "deployment"))).changes };
  });

  app.post("/deployments/:deploymentId/activate", { config: { scope: "deploy" }, schema: { tags, summary: "Make a deployment the live one; an older one is a rollback", description: "`applyResources` applies the jobs and queues that it declares; what is declared no more is deleted only with `allowDelete`.", body: Type.Union([Type.Null(), Body({ applyResources: Type.Optional(Type.Boolean({ default: false })), allowDelete: Type.Optional(Type.Boolean({ default: false })) })]) } }, async (request) => {
    const project = await projectOf(store, request);
    const id = uuidOf(request, "deploymentId", "DEPLOYMENT_NOT_FOUND", "deployment");
    const { applyResources = false, allowDelete = false } = request.body ?? {};
    const plan = applyResources ? await planResources(parts, project, id) : null;
    const deleted = (plan?.changes ?? []).filter(({ action }) => action === "delete");
    if (deleted.length > 0 && !allowDelete) throw new LatchkeyError("CONFIRMATION_NEEDED", `It would delete ${deleted.map((change) => `the ${change.kind} "${change.id}"`).join(", ")}.`);
    await store.projects.activate(project.id, id);
    await note(request, project, "deployment.activate", id);
    await plan?.apply();
    for (const change of plan?.changes ?? []) if (change.action !== "unchanged") await note(request, project, `${change.kind}.${change.action}`, change.id, { deployment: id });
    return { id, active: true, ...(plan !== null && { changes: plan.changes }) };
  });

  app.get("/env", { config: { scope: "manage" }, schema: { tags, summary: "Names of the project's environment variables; never their values" } }, async (request) => {
    const project = await projectOf(store, request);
    return { env: await store.projects.envNames(project.id) };
  });

  app.get("/env/:name", { config: { scope: "manage" }, schema: { tags, summary: "Whether an environment variable is set; never its value" } }, async (request) => {
    const project = await projectOf(store, request);
    const found = (await store.projects.envNames(project.id)).find(({ name }) => name === paramOf(request, "name"));
    if (found === undefined) throw noVariable(paramOf(request, "name"));
    return { ...found, value: "***" };
  });

  app.put("/env/:name", { config: { scope: "deploy" }, schema: { tags, summary: "Set an environment variable of the project's code; runs that begin from now on see it", body: Body({ value: Type.String({ maxLength: 65_536 }) }) } }, async (request) => {
    const project = await projectFor(request);
    const name = paramOf(request, "name");
    if (!ENV_NAME.test(name) || RESERVED_ENV.test(name)) throw new LatchkeyError("REQUEST_INVALID", `"${name}" cannot be the name of an environment variable of a project.`);
    if (request.body.value.includes("\0")) throw new LatchkeyError("REQUEST_INVALID", "The value of an environment variable has no NUL character.");
    await store.projects.setEnv(project.id, name, request.body.value);
    await note(request, project, "env.set", name);
    return { name, value: "***" };
  });

  app.delete("/env/:name", { config: { scope: "deploy" }, schema: { tags, summary: "Remove an environment variable", response: { 204: Type.Null() } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const name = paramOf(request, "name");
    if (!(await store.projects.deleteEnv(project.id, name))) throw noVariable(name);
    await note(request, project, "env.delete", name);
    return reply.code(204).send(null);
  });
}

function noVariable(name: string): LatchkeyError {
  return new LatchkeyError("ENV_NOT_FOUND", `The project has no environment variable "${name}".`);
}

async function readUpload(request: AnyRequest, maxArchiveBytes: number): Promise<{ readonly manifest: unknown; readonly archive: Buffer; readonly activate: boolean }> {
  if (!request.isMultipart()) throw new LatchkeyError("REQUEST_INVALID", "A deployment is uploaded as multipart/form-data with the parts manifest and archive.");
  let manifest: unknown;
  let archive: Buffer | null = null;
  let activate = true;
  for await (const part of request.parts({ limits: { fileSize: maxArchiveBytes, fieldSize: MAX_MANIFEST_BYTES, files: 2, fields: 4, parts: 6 } })) {
    if (part.type === "file") {
      const bytes = await part.toBuffer();
      if (part.fieldname === "archive") archive = bytes;
      else if (part.fieldname === "manifest") manifest = parseManifest(bytes.toString("utf8"));
    } else if (part.fieldname === "manifest") manifest = parseManifest(String(part.value));
    else if (part.fieldname === "activate") activate = part.value !== "false";
  }
  if (archive === null || manifest === undefined) throw new LatchkeyError("REQUEST_INVALID", `The upload has no part "${archive === null ? "archive" : "manifest"}".`);
  return { manifest, archive, activate };
}

function parseManifest(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new LatchkeyError("DEPLOYMENT_INVALID", "The deployment was refused: its manifest is not JSON.");
  }
}
