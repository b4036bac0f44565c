import { randomUUIDv7 } from "node:crypto";
import { LatchkeyError } from "../model/errors.ts";
import { describeTarget } from "../model/describe-target.ts";
import type { HostedRun } from "../model/hosted-run.ts";
import type { HostedProject } from "../model/hosted-project.ts";
import type { HostedStore } from "../model/hosted-store.ts";
import type { JsonObject } from "../model/json.ts";
import { createRedactor, maskParameters } from "../model/redact.ts";
import type { RunRequest, RunTarget } from "../model/run.ts";
import type { Sink } from "../model/sink.ts";
import type { Deployments } from "./server-parts.ts";

/** What a client asks for, apart from its HTTP form. */
export interface AskedRun {
  readonly target: RunTarget;
  readonly parameters: JsonObject;
  readonly proxyUrl: string | null;
  readonly timeoutMs: number;
  readonly maximumAttempts: number;
  readonly trace: boolean;
  readonly priority?: number;
  readonly notBefore?: string | null;
  readonly sink?: Sink | null;
  /** Who asks, as the audit log calls them. */
  readonly origin: string;
  readonly idempotencyKey: string | null;
  readonly retryOf?: string;
  readonly traceparent: string | null;
}

/**
 * Checks a request, records it as a run and hands it to the engine.
 *
 * @throws LatchkeyError whatever is wrong with it; then nothing was recorded.
 */
export async function requestRun({ store, deployments }: { readonly store: HostedStore; readonly deployments: Deployments }, project: HostedProject, asked: AskedRun): Promise<{ readonly run: HostedRun; readonly isNew: boolean }> {
  const runId = randomUUIDv7();
  const { id: deploymentId, settings } = await deployments.live(project);
  const { target, parameters, proxyUrl, timeoutMs, maximumAttempts, trace, sink = null } = asked;
  const request: RunRequest = { runId, target, parameters, proxyUrl, timeoutMs, maximumAttempts, trace, headful: false };
  const admitted = await admitOrRepeat(request);
  const authSessionId = target.kind === "api" ? target.authSessionId : target.id;
  return store.runs.start({
    runId,
    workspaceId: project.workspaceId,
    projectId: project.id,
    deploymentId,
    request: { target: admitted.target, parameters: admitted.parameters, proxyUrl, sink },
    target: describeTarget(target),
    kind: target.kind,
    api: target.kind === "api" ? target.name : null,
    authSessionId,
    exclusiveKey: await exclusiveKey(authSessionId),
    shownParameters: shownParameters(admitted),
    timeoutMs,
    maximumAttempts,
    trace,
    priority: asked.priority ?? 0,
    notBefore: asked.notBefore ?? null,
    idempotencyKey: asked.idempotencyKey,
    requestText: JSON.stringify([target, parameters, proxyUrl, sink]),
    origin: asked.origin,
    retryOf: asked.retryOf ?? null,
    traceparent: asked.traceparent,
  });

  /** A repeated request may no longer be admissible, such as creating what its first run has created: its run is still its run. */
  async function admitOrRepeat(candidate: RunRequest): Promise<RunRequest> {
    try {
      return await deployments.admit(project, candidate);
    } catch (thrown) {
      if (asked.idempotencyKey === null || !(await store.runs.isKeyUsed(project.id, asked.idempotencyKey))) throw thrown;
      return candidate;
    }
  }

  /**
   * What must not happen at the same time: everything that uses one login, unless the project allows it. Making a new
   * login is apart from that: the old one stays in use meanwhile, also while a person is asked for a code.
   */
  async function exclusiveKey(id: string | null): Promise<string | null> {
    if (id === null) return null;
    if (target.kind !== "api" && target.kind !== "auth-validate") return `login ${id}`;
    const mode = (await store.authSessions.options(project.id, id)).mode ?? settings.authSessions.mode;
    return mode === "exclusive" ? `use ${id}` : null;
  }
}

/** Parameters as people may see them: of an API without what is named like a secret, of a login nothing but plain identifiers. */
function shownParameters({ target, parameters }: RunRequest): JsonObject {
  if (target.kind !== "api") return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, maskParameters(value, key)]));
  const redactor = createRedactor();
  redactor.addSensitive(parameters);
  if (target.runtimeInput !== undefined) redactor.addParameters(target.runtimeInput);
  return redactor.value(parameters);
}

/** The idempotency key of a request; longer ones than anybody needs are refused. */
export function idempotencyKeyOf(headers: Readonly<Record<string, unknown>>): string | null {
  const key = headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key !== "string" || key === "" || key.length > 255) throw new LatchkeyError("REQUEST_INVALID", "The header Idempotency-Key has 1 to 255 characters.");
  return key;
}
