import { Type } from "@fastify/type-provider-typebox";
import { LatchkeyError } from "../../model/errors.ts";
import type { StoredPrompt } from "../../model/hosted-run.ts";
import type { App } from "../app.ts";
import { paramOf, principalOf, projectOf, uuidOf } from "../authenticate.ts";
import { findRun } from "../ended.ts";
import { Body } from "../schemas.ts";
import type { ServerParts } from "../server-parts.ts";

const tags = ["Prompts"];
const Value = Type.String({ maxLength: 10_000 });

/** Questions of runs to humans, and their answers (WIRE-API, part B and 4.8). */
export function addPromptRoutes(app: App, { store }: ServerParts): void {
  const answer = async (projectId: string, runId: string, promptId: string, value: string): Promise<void> => {
    const run = await findRun(store, projectId, runId);
    const prompt = (await store.prompts.ofRun(run.runId)).find(({ id }) => id === promptId);
    if (prompt === undefined) throw new LatchkeyError("PROMPT_NOT_FOUND", `The run asks no question "${promptId}".`);
    const choices = choicesOf(prompt);
    if (choices !== null && !choices.includes(value)) throw new LatchkeyError("REQUEST_INVALID", `The answer is none of the choices: ${choices.join(", ")}.`);
    await store.prompts.answer(run.runId, promptId, value);
  };

  app.get("/prompts", { config: { scope: "run" }, schema: { tags, summary: "Questions that wait for an answer" } }, async (request) => {
    const project = await projectOf(store, request);
    return { prompts: await store.prompts.open(project.id) };
  });

  app.get("/runs/:runId/prompts", { config: { scope: "run" }, schema: { tags, summary: "Questions of one run" } }, async (request) => {
    const project = await projectOf(store, request);
    const run = await findRun(store, project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run"));
    return { prompts: await store.prompts.ofRun(run.runId) };
  });

  app.post("/runs/:runId/prompts/:promptId/answer", { config: { scope: "run" }, schema: { tags, summary: "Answer a question", body: Body({ value: Value }), response: { 202: Type.Object({ status: Type.Literal("answered") }) } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    await answer(project.id, uuidOf(request, "runId", "RUN_NOT_FOUND", "run"), uuidOf(request, "promptId", "PROMPT_NOT_FOUND", "question"), request.body.value);
    await store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: "prompt.answer", subject: `${project.name}/runs/${paramOf(request, "runId")}` });
    return reply.code(202).send({ status: "answered" as const });
  });

  app.post("/auth-sessions/create/:operationId/resume", { config: { scope: "run" }, schema: { tags: ["Auth sessions"], summary: "Answer a question of a create (older contract)", body: Body({ info_request_id: Type.String(), input: Value }), response: { 202: Type.Object({ status: Type.Literal("resumed") }) } } }, async (request, reply) => {
    const project = await projectOf(store, request);
    await answer(project.id, uuidOf(request, "operationId", "RUN_NOT_FOUND", "run"), request.body.info_request_id.toLowerCase(), request.body.input);
    await store.audit.note(project.workspaceId, { actor: principalOf(request).name, action: "prompt.answer", subject: `${project.name}/runs/${paramOf(request, "operationId")}` });
    return reply.code(202).send({ status: "resumed" as const });
  });
}

function choicesOf({ question }: StoredPrompt): readonly string[] | null {
  const { choices } = question;
  return Array.isArray(choices) ? choices.filter((choice) => typeof choice === "string") : null;
}
