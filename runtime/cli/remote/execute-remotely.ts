import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json.ts";
import type { RunIo } from "../../model/open-project.ts";
import type { PromptQuestion, RunEvent, RunOutcome, RunRequest } from "../../model/run.ts";
import type { HttpClient } from "./http-client.ts";
import { listOf, toOutcome } from "./read-answers.ts";

/** Starts a run on the server and follows it to its end, as if it ran here: events, questions, Ctrl-C. */
export async function executeRemotely(client: HttpClient, request: Omit<RunRequest, "runId">, { observe, ask, signal }: RunIo): Promise<RunOutcome> {
  if (request.headful) throw new LatchkeyError("USAGE", "A server has no window to show.", { hint: "Leave out --headful, or run it locally: without --server and LATCHKEY_SERVER." });
  const runId = await start(client, request);
  const following = new AbortController();
  const cancel = (): void => void client.request("POST", `runs/${runId}/cancel`).catch(() => undefined);
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  try {
    for await (const { type, data } of client.events(runId, following.signal)) {
      if (type === "end") break;
      observe(data as unknown as RunEvent);
      if (type === "prompt") void answer(client, runId, data["question"] as unknown as PromptQuestion, ask, AbortSignal.any([signal, following.signal]));
    }
  } finally {
    following.abort();
    signal.removeEventListener("abort", cancel);
  }
  const ended = await client.request("GET", `runs/${runId}`);
  if (!isJsonObject(ended)) throw new LatchkeyError("SERVER_UNREACHABLE", "The server's answer cannot be read.");
  const outcome = toOutcome(ended);
  const id = ended["authSessionId"];
  if (request.target.kind === "api" || typeof id !== "string" || outcome.status !== "completed") return outcome;
  const session = await client.request("GET", `auth-sessions/${encodeURIComponent(id)}`);
  const summary = isJsonObject(session) ? session["details"] : null;
  return isJsonObject(summary) ? { ...outcome, summary: summary as unknown as NonNullable<RunOutcome["summary"]> } : outcome;
}

async function start(client: HttpClient, { target, parameters, proxyUrl, timeoutMs, maximumAttempts, trace }: Omit<RunRequest, "runId">): Promise<string> {
  const common = { requestTimeout: Math.max(1, Math.ceil(timeoutMs / 1_000)), saveTrace: trace };
  const proxy = proxyUrl === null ? {} : { proxy: proxyUrl };
  const idOf = (answer: JsonValue, key: string): string => {
    const id = isJsonObject(answer) ? answer[key] : null;
    if (typeof id !== "string") throw new LatchkeyError("SERVER_UNREACHABLE", "The server's answer cannot be read.");
    return id;
  };
  const post = async (path: string, body: JsonObject, key = "operationId"): Promise<string> => idOf(await client.request("POST", path, body), key);
  const session = (id: string): string => `auth-sessions/${encodeURIComponent(id)}`;
  switch (target.kind) {
    case "api":
      return post("run/start", { ...common, ...proxy, api: target.name, parameters, retry: { maximumAttempts }, ...(target.authSessionId !== null && { authSession: { id: target.authSessionId, check: target.check, autoRecreate: target.autoRecreate } }) }, "runId");
    case "auth-create":
      return post("auth-sessions/create", { ...common, ...proxy, id: target.id, parameters, createAttempts: maximumAttempts });
    case "auth-update":
      return post(`${session(target.id)}/update`, { ...common, ...(target.keepProxy ? proxy : { proxy: proxyUrl }), createAttempts: maximumAttempts, ...(!target.keepParameters && { parameters }) });
    case "auth-validate":
      return post(`${session(target.id)}/validate/start`, { requestTimeout: common.requestTimeout, autoRecreate: target.autoRecreate });
    case "auth-import":
      return post("auth-sessions/import", { ...proxy, id: target.id, state: target.state as unknown as JsonObject });
    case "auth-record":
      throw new LatchkeyError("USAGE", "A login is recorded in a browser of this machine.", { hint: "Record it locally, then move it: latchkey auth export, and latchkey auth import --server URL." });
  }
}

/** The question's own id is with the open prompts of the run. Somebody else may answer first, which is fine. */
async function answer(client: HttpClient, runId: string, question: PromptQuestion, ask: RunIo["ask"], signal: AbortSignal): Promise<void> {
  try {
    const prompts = listOf(await client.request("GET", `runs/${runId}/prompts`), "prompts");
    const open = prompts.find(({ status }) => status === "open");
    if (open === undefined || typeof open["id"] !== "string") return;
    const value = await ask(question, signal);
    await client.request("POST", `runs/${runId}/prompts/${open["id"]}/answer`, { value });
  } catch (thrown) {
    // The run tells by itself when nobody answers in time; what went wrong here is no reason to leave it.
    if (thrown instanceof LatchkeyError && thrown.code === "CANCELED") await client.request("POST", `runs/${runId}/cancel`).catch(() => undefined);
  }
}
