import { Ajv, type ErrorObject } from "ajv";
import type { DeclaredResource } from "../model/deployment.ts";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { HostedProject } from "../model/hosted-project.ts";
import type { JobDefinition } from "../model/job.ts";
import { isJsonObject, stableText, type JsonObject, type JsonValue } from "../model/json.ts";
import type { QueueDefinition } from "../model/queue.ts";
import { checkJob, checkQueue } from "./check-resources.ts";
import { JobBody, QueueBody } from "./schemas-jobs.ts";
import type { ServerParts } from "./server-parts.ts";

/** One line of a plan. */
export interface ResourceChange {
  readonly kind: "job" | "queue";
  readonly id: string;
  readonly action: "create" | "update" | "delete" | "unchanged";
  /** Null of what is declared no more. */
  readonly file: string | null;
}

/** What a deployment would change, and the means to do it. */
export interface ResourcePlan {
  readonly changes: readonly ResourceChange[];
  apply(): Promise<void>;
}

const ajv = new Ajv({ strict: false, allowUnionTypes: true });
const validators = { job: ajv.compile(JobBody), queue: ajv.compile(QueueBody) };
const REFERENCE = "env:";

/**
 * Compares what a deployment declares with what there is. Only what a deployment made is ever deleted.
 *
 * @throws LatchkeyError `RESOURCE_INVALID` naming the file; then nothing is changed.
 */
export async function planResources(parts: ServerParts, project: HostedProject, deploymentId: string): Promise<ResourcePlan> {
  const { store, deployments } = parts;
  const declared = await deployments.resources(project, deploymentId);
  const env = declared.length === 0 ? {} : await store.projects.env(project.id);
  const kept = [...(await store.jobs.list(project.id)).map(({ id, origin }) => ({ kind: "job" as const, id, origin })), ...(await store.queues.list(project.id)).map(({ id, origin }) => ({ kind: "queue" as const, id, origin }))];
  const steps: { readonly change: ResourceChange; readonly work: () => Promise<void> }[] = [];
  for (const resource of declared) {
    const { kind, id, file } = resource;
    const there = kept.find((one) => one.kind === kind && one.id === id);
    const before = there === undefined ? null : kind === "job" ? await store.jobs.definitionOf(project.id, id) : await store.queues.definitionOf(project.id, id);
    const definition = await check(resource, env, before);
    const action = before === null ? "create" : there?.origin === "deployment" && stableText(before as unknown as JsonValue) === stableText(definition) ? "unchanged" : "update";
    steps.push({ change: { kind, id, action, file }, work: () => write(kind, id, definition, action) });
  }
  for (const { kind, id, origin } of kept) {
    if (origin !== "deployment" || declared.some((one) => one.kind === kind && one.id === id)) continue;
    steps.push({ change: { kind, id, action: "delete", file: null }, work: () => (kind === "job" ? store.jobs.delete(project.id, id) : store.queues.delete(project.id, id)) });
  }
  return {
    changes: steps.map(({ change }) => change),
    async apply() {
      for (const { work } of steps) await work();
    },
  };

  async function check({ kind, file, value }: DeclaredResource, variables: Readonly<Record<string, string>>, before: object | null): Promise<JsonObject> {
    const { id: _id, ...rest } = value;
    const definition = resolveReferences(rest, variables, file);
    const validate = validators[kind];
    if (!validate(definition)) throw invalid(file, mistakeIn(validate.errors?.[0]));
    try {
      if (kind === "job") await checkJob(parts, project, definition as unknown as JobDefinition, { deploymentId, before: before as JobDefinition | null });
      else await checkQueue(parts, project, definition, deploymentId);
    } catch (thrown) {
      const error = toLatchkeyError(thrown);
      throw new LatchkeyError("RESOURCE_INVALID", `${file}: ${error.message}`, { cause: thrown, where: file, hint: error.toBody().hint, details: { cause: error.code } });
    }
    return definition;
  }

  async function write(kind: "job" | "queue", id: string, definition: JsonObject, action: ResourceChange["action"]): Promise<void> {
    if (action === "unchanged") return;
    if (kind === "job") await store.jobs[action === "create" ? "create" : "update"](project.id, id, definition as unknown as JobDefinition, "deployment");
    else await store.queues[action === "create" ? "create" : "update"](project.id, id, definition as unknown as QueueDefinition, "deployment");
  }
}

/** A secret does not stand in a file: `env:NAME` in a sink or a proxy is the project's environment variable of that name. */
function resolveReferences(value: JsonObject, env: Readonly<Record<string, string>>, file: string): JsonObject {
  const resolve = (item: JsonValue): JsonValue => {
    if (typeof item === "string" && item.startsWith(REFERENCE)) {
      const name = item.slice(REFERENCE.length);
      const found = env[name];
      if (found === undefined) throw invalid(file, `it refers to the environment variable ${name}, which is not set`, `Set it with: latchkey env set ${name} -`);
      return found;
    }
    if (Array.isArray(item)) return item.map(resolve);
    return isJsonObject(item) ? Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, resolve(inner)])) : item;
  };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === "sink" || key === "proxy" ? resolve(item) : item]));
}

/** Where the first mistake is, and what it is; an unknown field is named too. */
function mistakeIn(error: ErrorObject | undefined): string {
  if (error === undefined) return "it is not valid";
  const path = error.instancePath.slice(1).split("/").filter((part) => part !== "");
  const unknown: unknown = error.params["additionalProperty"];
  if (typeof unknown === "string") return `${[...path, unknown].join(".")} is not a known field`;
  return `${path.join(".")} ${error.message ?? "is not valid"}`.trim();
}

function invalid(file: string, why: string, hint?: string): LatchkeyError {
  return new LatchkeyError("RESOURCE_INVALID", `${file}: ${why}.`, { where: file, ...(hint !== undefined && { hint }) });
}
