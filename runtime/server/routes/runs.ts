import { Type, type Static } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import { hasEnded } from "../../model/hosted-run.ts";
import type { JsonObject } from "../../model/json.ts";
import type { RunTarget } from "../../model/run.ts";
import { sinkProblem, toSink, type Sink } from "../../model/sink.ts";
import type { AnyRequest, App } from "../app.ts";
import { principalOf, projectOf, uuidOf } from "../authenticate.ts";
import { clientGone, findRun, waitForEnd } from "../ended.ts";
import { idempotencyKeyOf, requestRun, type AskedRun } from "../request-run.ts";
import { RunAndWait, RunResult, RunStart } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";
import { toRunResult, toRunSummary, toSynchronousResult } from "../wire/run-result.ts";

const RETRY_ATTEMPTS = 3;
const TIMEOUT_SECONDS = 600;
const DEFAULT_WAIT_MS = 120_000;
const tags = ["Runs"];

/** Starting, awaiting, canceling and repeating runs (WIRE-API 4.3, part B). */
export function addRunRoutes(app: App, parts: ServerParts): void {
  const { store } = parts;
  const start = async (request: AnyRequest, body: Static<typeof RunStart>) => {
    const project = await projectOf(store, request);
    const started = await requestRun(parts, project, askedRun(request, body, parts));
    return { project, ...started };
  };

  app.post("/run/start", { config: { scope: "run" }, schema: { tags, summary: "Start a run", body: RunStart, response: { 201: Type.Object({ runId: Type.String(), status: Type.Literal("pending") }) } } }, async (request, reply) => {
    const { run } = await start(request, request.body);
    return reply.code(201).send({ runId: run.runId, status: "pending" as const });
  });

  app.post("/run", { config: { scope: "run" }, schema: { tags, summary: "Start a run and wait for its end", description: "Answers 202 with the run's id when it has not ended within `waitMs`.", body: RunAndWait, response: { 200: Type.Unknown(), 202: Type.Unknown() } } }, async (request, reply) => {
    const { waitMs = DEFAULT_WAIT_MS, ...body } = request.body;
    const { project, run } = await start(request, body);
    const ended = await waitForEnd(store, project.id, run.runId, { waitMs, signal: clientGone(reply.raw) });
    return hasEnded(ended.status) ? toSynchronousResult(ended) : reply.code(202).send({ runId: run.runId, status: ended.status === "pending" ? "pending" : "started" });
  });

  app.get("/run/:runId/result", { config: { scope: "run" }, schema: { tags, summary: "What became of a run", response: { 200: RunResult } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    return reply.send(toRunResult(await findRun(store, project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run"))) as Static<typeof RunResult>);
  });

  app.post("/runs/:runId/cancel", { config: { scope: "run" }, schema: { tags, summary: "Cancel a run that waits or goes on" } }, async (request) => {
    const project = await projectOf(store, request);
    return toRunSummary(await store.runs.cancel(project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run")));
  });

  app.post("/runs/:runId/retry", { config: { scope: "run" }, schema: { tags, summary: "Start an ended run again, as a new run", response: { 201: Type.Unknown() } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    const runId = uuidOf(request, "runId", "RUN_NOT_FOUND", "run");
    const { run, request: asked, trace } = await store.runs.requestOf(project.id, runId);
    if (!hasEnded(run.status)) throw new LatchkeyError("RUN_NOT_ENDED", `The run has not ended: it is ${run.status}.`);
    const again = await requestRun(parts, project, { ...asked, timeoutMs: run.timeoutMs, maximumAttempts: run.maximumAttempts, trace, priority: run.priority, origin: principalOf(request).name, idempotencyKey: idempotencyKeyOf(request.headers), retryOf: runId, traceparent: parts.traceparentOf(request.headers) });
    return reply.code(201).send({ runId: again.run.runId, status: "pending", retryOf: runId });
  });
}

function askedRun(request: AnyRequest, body: Static<typeof RunStart>, { traceparentOf }: ServerParts): AskedRun {
  const { authSession, requestTimeout = TIMEOUT_SECONDS, retry, saveTrace = true, priority = 0, notBefore } = body;
  return {
    target: targetOf(body),
    // What was parsed from JSON is JSON.
    parameters: body.parameters as JsonObject,
    proxyUrl: authSession?.runtimeInput === undefined ? (body.proxy ?? authSession?.proxy ?? null) : (authSession.proxy ?? body.proxy ?? null),
    timeoutMs: requestTimeout * 1_000,
    maximumAttempts: retry?.maximumAttempts ?? RETRY_ATTEMPTS,
    trace: saveTrace,
    priority,
    notBefore: notBefore ?? null,
    sink: sinkOf(body.sink),
    origin: principalOf(request).name,
    idempotencyKey: idempotencyKeyOf(request.headers),
    traceparent: traceparentOf(request.headers),
  };
}

function targetOf({ api, authSession }: Static<typeof RunStart>): RunTarget {
  if (authSession === undefined) return { kind: "api", name: api, authSessionId: null, check: true, autoRecreate: true };
  const { id, runtimeInput, check = true, autoRecreate = true, checkAttempts, createAttempts } = authSession;
  const limits = { ...(checkAttempts !== undefined && { checkAttempts }), ...(createAttempts !== undefined && { createAttempts }) };
  if (runtimeInput !== undefined) return { kind: "api", name: api, authSessionId: null, check: true, autoRecreate, limits, runtimeInput: runtimeInput as JsonObject };
  if (id === undefined) throw new LatchkeyError("REQUEST_INVALID", "authSession needs an id, or a runtimeInput to log in with for this run alone.");
  return { kind: "api", name: api, authSessionId: id, check, autoRecreate, limits };
}

function sinkOf(sink: Static<typeof RunStart>["sink"]): Sink | null {
  if (sink === undefined) return null;
  const problem = sinkProblem(sink);
  if (problem !== null) throw new LatchkeyError("SINK_INVALID", `The sink is not valid: ${problem}.`);
  return toSink(sink);
}
