import { expect } from "chai";
import { startHosted, type Hosted } from "../support/hosted.ts";
import { startGate } from "../support/gate.ts";
import type { JsonObject } from "../../runtime/model/json.ts";
import { mistakesIn } from "./wire-contract.ts";

const errorCode = (result: JsonObject): unknown => ((result["error"] as JsonObject)["details"] as JsonObject)["code"];

describe("runs over HTTP", () => {
  let hosted: Hosted;
  before(async () => {
    hosted = await startHosted({ slots: 3 });
  });
  after(() => hosted[Symbol.asyncDispose]());

  it("are started, and their result is told in the contract's form", async () => {
    const { status, body } = await hosted.request("POST", "run/start", { api: "hello", parameters: { name: "Sam" } });
    expect(status).to.equal(201);
    expect(mistakesIn("runStarted", body)).to.deep.equal([]);
    expect(await hosted.ended(String(body["runId"]))).to.deep.equal({ runId: body["runId"], status: "completed", result: { hello: "Sam" }, statusCode: 200 });
  });

  it("can be waited for, and 202 tells a run that takes longer", async () => {
    const done = await hosted.request("POST", "run", { api: "hello", parameters: { name: "Sam" } });
    expect([done.status, done.body["status"], done.body["result"]]).to.deep.equal([200, "completed", { hello: "Sam" }]);
    await using gate = await startGate();
    const late = await hosted.request("POST", "run", { api: "holds", parameters: { gate: gate.url }, waitMs: 1 });
    expect(late.status).to.equal(202);
    gate.open();
    expect((await hosted.ended(String(late.body["runId"])))["result"]).to.deep.equal({ passed: true });
  });

  it("that fail are tried again, and tell why, what next and every attempt", async () => {
    const runId = await hosted.start("exits", {}, { retry: { maximumAttempts: 2 } });
    const result = await hosted.ended(runId);
    expect(result).to.include({ status: "failed" });
    expect(result["error"]).to.include({ category: "execution", code: "script-process-crashed", retirable: true, correlation_id: runId });
    expect(errorCode(result)).to.equal("CHILD_CRASHED");
    const { body } = await hosted.request("GET", `runs/${runId}`);
    expect((body["attempts"] as readonly JsonObject[]).map(({ number, error }) => [number, (error as JsonObject)["code"]])).to.deep.equal([[1, "CHILD_CRASHED"], [2, "CHILD_CRASHED"]]);
  });

  it("end at their timeout although the code never stops", async () => {
    const result = await hosted.ended(await hosted.start("loops", {}, { requestTimeout: 1, retry: { maximumAttempts: 1 } }));
    expect(errorCode(result)).to.equal("RUN_TIMED_OUT");
    expect((result["error"] as JsonObject)["code"]).to.equal("script-timeout");
  });

  it("are canceled while they wait, and while their code loops", async () => {
    await using gate = await startGate();
    const going = await hosted.start("loops", { gate: gate.url });
    await gate.arrived(1);
    gate.open();
    const waiting = await hosted.start("hello", { name: "late" }, { notBefore: new Date(Date.now() + 3_600_000).toISOString() });
    for (const runId of [going, waiting]) {
      expect((await hosted.request("POST", `runs/${runId}/cancel`)).status).to.equal(200);
      expect(await hosted.ended(runId)).to.deep.include({ status: "canceled", reason: { type: "cancelled-user-action", message: "The run was canceled." } });
    }
    const again = await hosted.request("POST", `runs/${going}/cancel`);
    expect([again.status, (again.body["details"] as JsonObject)["code"]]).to.deep.equal([409, "RUN_ENDED"]);
  });

  it("are started again with the same parameters, as a new run", async () => {
    const first = await hosted.start("hello", { name: "Sam", apiKey: "sk-very-secret" });
    await hosted.ended(first);
    const { status, body } = await hosted.request("POST", `runs/${first}/retry`);
    expect(status).to.equal(201);
    expect(await hosted.ended(String(body["runId"]))).to.deep.include({ status: "completed", result: { hello: "Sam" } });
    expect((await hosted.request("GET", `runs/${String(body["runId"])}`)).body).to.include({ retryOf: first });
  });

  it("with the same idempotency key are one run, and another request with it is refused", async () => {
    const key = { "idempotency-key": "order-17" };
    const ask = { api: "hello", parameters: { name: "Sam" } };
    const answers = await Promise.all([1, 2, 3, 4].map(() => hosted.request("POST", "run/start", ask, key)));
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body["runId"])).size).to.equal(1);
    const other = await hosted.request("POST", "run/start", { ...ask, parameters: { name: "Max" } }, key);
    expect([other.status, (other.body["details"] as JsonObject)["code"]]).to.deep.equal([409, "IDEMPOTENCY_CONFLICT"]);
  });

  it("go in the order of their priority, and not before their time", async () => {
    await using gate = await startGate();
    const held = await Promise.all([1, 2, 3].map(() => hosted.start("holds", { gate: gate.url })));
    await gate.arrived(3);
    const low = await hosted.start("hello", { name: "low" }, { priority: -5 });
    const high = await hosted.start("hello", { name: "high" }, { priority: 5 });
    gate.passOne();
    const [lowRun, highRun] = await Promise.all([low, high].map((runId) => hosted.until(runId, ({ status }) => status === "completed")));
    expect(String(highRun?.["startedAt"]) < String(lowRun?.["startedAt"])).to.equal(true);
    gate.open();
    for (const runId of held) expect(await hosted.ended(runId)).to.include({ status: "completed" });
  });

  it("are listed newest first, in pages, by status and by API", async () => {
    const { body: first } = await hosted.request("GET", "runs?limit=2");
    expect(first["runs"]).to.have.length(2);
    const { body: second } = await hosted.request("GET", `runs?limit=2&cursor=${String(first["nextCursor"])}`);
    const ids = [...(first["runs"] as readonly JsonObject[]), ...(second["runs"] as readonly JsonObject[])].map(({ runId }) => String(runId));
    expect(ids).to.deep.equal([...ids].sort().reverse());
    expect(new Set(ids).size).to.equal(4);
    const { body: failed } = await hosted.request("GET", "runs?status=failed&api=exits");
    expect((failed["runs"] as readonly JsonObject[]).every(({ status, api }) => status === "failed" && api === "exits")).to.equal(true);
    expect(failed["runs"]).to.have.length(1);
  });

  it("stream their events, and a client resumes after the last one it has", async () => {
    const runId = await hosted.start("keeps", { key: "stream", value: "1" });
    await hosted.ended(runId);
    const read = async (headers: Record<string, string>): Promise<readonly { readonly id: string | undefined; readonly event: string | undefined }[]> => {
      const response = await fetch(`${hosted.url}/api/v1/workspace/${hosted.workspaceId}/projects/hosted/runs/${runId}/events`, { headers: { "x-api-key": hosted.key, ...headers } });
      expect(response.headers.get("content-type")).to.include("text/event-stream");
      return (await response.text()).split("\n\n").map((block) => ({ id: /^id: (\d+)/m.exec(block)?.[1], event: /^event: (\S+)/m.exec(block)?.[1] })).filter(({ event }) => event !== undefined);
    };
    const all = await read({});
    expect(all.map(({ event }) => event)).to.include.members(["run-started", "attempt-started", "phase-ended", "attempt-ended", "run-ended"]);
    expect(all.at(-1)).to.deep.equal({ id: undefined, event: "end" });
    const third = all[2]?.id ?? "";
    expect(await read({ "last-event-id": third })).to.deep.equal(all.slice(3));
  });

  it("share the persistent store, see the environment as it is when they begin, and leave files", async () => {
    const first = await hosted.ended(await hosted.start("keeps", { key: "colour", value: "red" }));
    expect(first["result"]).to.deep.include({ before: null, env: null });
    expect((await hosted.request("PUT", "env/SHOP_TOKEN", { value: "tok-123456789" })).status).to.equal(200);
    const secondId = await hosted.start("keeps", { key: "colour" });
    expect((await hosted.ended(secondId))["result"]).to.deep.include({ before: "red", env: "tok-123456789" });
    const { body } = await hosted.request("GET", `runs/${secondId}/artifacts`);
    expect(body["artifacts"]).to.deep.equal([{ name: "files/note.txt", sizeBytes: 7 }]);
    const file = await hosted.request("GET", `runs/${secondId}/artifacts/files/note.txt`);
    expect([file.status, file.body["text"], file.headers.get("content-disposition")]).to.deep.equal([200, "nothing", "attachment; filename*=UTF-8''note.txt"]);
    expect((await hosted.request("GET", `runs/${secondId}/artifacts/files/../../other`)).status).to.equal(404);
    expect((await hosted.request("DELETE", "env/SHOP_TOKEN")).status).to.equal(204);
  });

  it("ask their question over HTTP; wrong answers are refused, and only the first right one counts", async () => {
    const runId = await hosted.start("asks");
    await hosted.until(runId, ({ status }) => status === "awaiting-input");
    expect((await hosted.request("GET", `run/${runId}/result`)).body).to.deep.equal({ runId, status: "started" });
    const { body } = await hosted.request("GET", "prompts");
    const [prompt] = body["prompts"] as readonly JsonObject[];
    expect(prompt).to.deep.include({ runId, status: "open" });
    const answer = (value: string) => hosted.request("POST", `runs/${runId}/prompts/${String(prompt?.["id"])}/answer`, { value });
    expect((await answer("green")).status).to.equal(400);
    expect((await answer("blue")).status).to.equal(202);
    expect((await answer("red")).status).to.equal(409);
    expect((await hosted.ended(runId))["result"]).to.deep.equal({ answer: "blue" });
  });

  it("that are asked for wrongly are refused in words, with a code and what to do next", async () => {
    const cases: readonly (readonly [unknown, number, string, string])[] = [
      [{ api: "helo", parameters: {} }, 404, "API_NOT_FOUND", 'Did you mean "hello"?'],
      [{ api: "hello", parameters: { nam: "x" } }, 400, "PARAMS_INVALID", "name is missing"],
      [{ api: "hello", parameters: { name: "x" }, colour: 1 }, 400, "REQUEST_INVALID", '"colour"'],
      [{ api: "hello" }, 400, "REQUEST_INVALID", "parameters"],
      ["{", 400, "REQUEST_INVALID", "JSON"],
      [{ api: "whoami", parameters: {} }, 400, "AUTH_SESSION_REQUIRED", "logged-in"],
      [{ api: "whoami", parameters: {}, authSession: { id: "nobody" } }, 404, "AUTH_SESSION_NOT_FOUND", "nobody"],
      [{ api: "hello", parameters: { name: "x" }, proxy: "ftp://user:geheim@host" }, 400, "PROXY_INVALID", "ftp:"],
    ];
    for (const [body, status, code, words] of cases) {
      const answer = await hosted.request("POST", "run/start", body);
      expect([answer.status, (answer.body["details"] as JsonObject)["code"]], JSON.stringify(answer.body)).to.deep.equal([status, code]);
      expect(answer.body["message"]).to.include(words);
      expect(answer.body).to.include.all.keys("code", "category", "retirable", "correlationId", "type", "title", "status", "detail", "instance");
      expect(String((answer.body["details"] as JsonObject)["hint"])).to.have.length.above(10);
      if (answer.status !== 409) expect(mistakesIn("apiError", answer.body)).to.deep.equal([]);
      expect(answer.headers.get("content-type")).to.include("application/json");
      expect(JSON.stringify(answer.body)).to.not.match(/geheim|\.ts:\d|\bat \w+ \(/);
    }
  });
});
