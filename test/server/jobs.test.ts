import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import type { JsonObject } from "../../runtime/model/json.ts";
import { ACCOUNT, startLoginSite } from "../fixtures/login-site.ts";
import { startGate } from "../support/gate.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";
import { startReceiver } from "../support/receiver.ts";
import { mistakesIn } from "./wire-contract.ts";

/** The fixture's APIs without auth sessions. */
const OPEN = JSON.stringify({ authSessions: { enabled: true, apis: [{ pattern: "whoami", auth: "required" }, { pattern: "*", auth: "optional" }] } });
const configuration = { saveTrace: false };
const codeOf = (body: JsonObject): unknown => (body["details"] as JsonObject | undefined)?.["code"];

let hosted: Hosted;

async function jobRun(job: string, id: string): Promise<JsonObject> {
  const { body } = await hosted.request("GET", `jobs/${job}/runs/${id}`);
  const run = body["jobRun"] as JsonObject;
  expect(mistakesIn("jobRun", run)).to.deep.equal([]);
  return run;
}

async function untilJobRun(job: string, id: string, holds: (run: JsonObject) => boolean, timeoutMs = 60_000): Promise<JsonObject> {
  const endsAtMs = performance.now() + timeoutMs;
  for (;;) {
    const run = await jobRun(job, id);
    if (holds(run)) return run;
    if (performance.now() > endsAtMs) throw new Error(`The job run did not get there: ${JSON.stringify(run)}\n${hosted.log().slice(-3_000)}`);
    await delay(50);
  }
}

const hasEnded = ({ end_time: end }: JsonObject): boolean => end !== null;
const greet = (name: string): JsonObject => ({ apiName: "hello", parameters: { name } });

describe("jobs", () => {
  before(async function () {
    this.timeout(120_000);
    hosted = await startHosted({ slots: 2, settings: OPEN });
  });
  after(() => hosted[Symbol.asyncDispose]());

  const create = async (body: JsonObject): Promise<void> => {
    const answer = await hosted.request("POST", "jobs", { configuration, ...body });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    expect(answer.body).to.deep.equal({ id: body["id"], message: "created" });
  };
  const trigger = async (id: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { status, body } = await hosted.request("POST", `jobs/${id}/trigger`, undefined, headers);
    expect(status).to.equal(200);
    return String(body["jobRunId"]);
  };

  it("are created, read, changed and deleted in the contract's shapes; secrets stay masked and are kept when they come back so", async () => {
    await create({ id: "shapes-1", payload: [{ apiName: "hello", parameters: { name: "a", apiKey: "key-open-sesame" } }], schedule: { intervals: [{ every: "1h" }], jitter: 1000 }, sink: { type: "webhook", url: "https://example.test/hook?token=open-sesame", headers: { authorization: "Bearer open-sesame" } }, proxy: "http://user:open-sesame@127.0.0.1:1" });
    const { body: list } = await hosted.request("GET", "jobs");
    const { body: details } = await hosted.request("GET", "jobs/shapes-1");
    expect(mistakesIn("jobList", list)).to.deep.equal([]);
    expect(mistakesIn("jobDetails", details)).to.deep.equal([]);
    expect(JSON.stringify([list, details])).to.not.include("open-sesame");
    const { configuration: conf, sink, payload, schedule, proxy } = details;
    expect(await hosted.request("PUT", "jobs/shapes-1", { configuration: conf, sink, payload, schedule, proxy })).to.deep.include({ status: 200, body: { id: "shapes-1", message: "updated job successfully" } });
    expect((await hosted.request("GET", "jobs/shapes-1")).body["sink"]).to.deep.equal(sink);
    expect((await hosted.request("POST", "jobs/shapes-1/pause")).body).to.deep.equal({ message: "Paused" });
    expect((await hosted.request("GET", "jobs/shapes-1")).body).to.include({ state: "PAUSED", next_run_time: null });
    expect(codeOf((await hosted.request("POST", "jobs/shapes-1/trigger")).body)).to.equal("JOB_PAUSED");
    expect((await hosted.request("POST", "jobs/shapes-1/resume")).body).to.deep.equal({ message: "Resumed" });
    expect((await hosted.request("GET", "jobs/shapes-1")).body["next_run_time"]).to.be.a("string");
    expect((await hosted.request("DELETE", "jobs/shapes-1")).status).to.equal(204);
    const gone = await hosted.request("GET", "jobs/shapes-1");
    expect(gone.status).to.equal(404);
    expect(mistakesIn("apiError", gone.body)).to.deep.equal([]);
  });

  it("have up to 10,000 payloads, each as large as they like together up to 16 MiB", async () => {
    const many = (count: number, name = "x"): JsonObject => ({ id: "large", payload: Array.from({ length: count }, () => greet(name)), configuration: {} });
    expect((await hosted.request("POST", "jobs", many(10_000, "x".repeat(1_000)))).status).to.equal(201);
    expect((await hosted.request("DELETE", "jobs/large")).status).to.equal(204);
    const tooMany = await hosted.request("POST", "jobs", many(10_001));
    expect([tooMany.status, tooMany.body["message"]]).to.deep.equal([400, "The body payload must NOT have more than 10000 items."]);
    const tooLarge = await hosted.request("POST", "jobs", many(10_000, "x".repeat(2_000)));
    expect([tooLarge.status, codeOf(tooLarge.body)]).to.deep.equal([413, "REQUEST_INVALID"]);
  });

  it("are refused when they are configured, not when they run", async () => {
    const wrong: readonly (readonly [JsonObject, string])[] = [
      [{ payload: [{ apiName: "helo", parameters: {} }] }, "API_NOT_FOUND"],
      [{ payload: [{ apiName: "hello", parameters: { name: "" } }] }, "PARAMS_INVALID"],
      [{ payload: [{ apiName: "whoami", parameters: {} }] }, "AUTH_SESSION_REQUIRED"],
      [{ payload: [greet("a")], auth_session: { id: "nobody" } }, "AUTH_SESSION_NOT_FOUND"],
      [{ payload: [greet("a")], schedule: { cron: ["61 * * * *"] } }, "SCHEDULE_INVALID"],
      [{ payload: [greet("a")], schedule: { calendars: [{ hour: 24 }] } }, "SCHEDULE_INVALID"],
      [{ payload: [greet("a")], schedule: { timeZone: "Mars/Olympus", cron: ["0 * * * *"] } }, "SCHEDULE_INVALID"],
      [{ payload: [greet("a")], sink: { type: "s3", bucket: "b" } }, "SINK_INVALID"],
      [{ payload: [] }, "REQUEST_INVALID"],
      [{ payload: [greet("a")], colour: "red" }, "REQUEST_INVALID"],
    ];
    for (const [body, code] of wrong) {
      const answer = await hosted.request("POST", "jobs", { id: "wrong-1", configuration, ...body });
      expect([answer.status < 500, codeOf(answer.body)], JSON.stringify(body)).to.deep.equal([true, code]);
    }
    expect((await hosted.request("GET", "jobs/wrong-1")).status).to.equal(404);
  });

  it("run every payload, tell their results by a link, and count right", async () => {
    await create({ id: "counts-1", payload: [...Array.from({ length: 5 }, (_, index) => greet(`n${index}`)), { apiName: "exits", parameters: {}, retry: { maximumAttempts: 1 } }] });
    const id = await trigger("counts-1", { "idempotency-key": "once" });
    expect(await trigger("counts-1", { "idempotency-key": "once" })).to.equal(id);
    expect(await untilJobRun("counts-1", id, hasEnded)).to.include({ status: "COMPLETED", type: "MANUAL", payloads: 6, successful_runs: 5, failed_runs: 1 });
    const { body } = await hosted.request("GET", `jobs/counts-1/runs/${id}`);
    const { signed_url: url } = body["results"] as { readonly signed_url: string };
    const lines = (await (await fetch(url)).text()).trimEnd().split("\n").map((line) => JSON.parse(line) as { apiInfo: { name: string; result: { status: string } } });
    expect(lines.map(({ apiInfo }) => `${apiInfo.name} ${apiInfo.result.status}`).sort()).to.deep.equal(["exits failed", ...Array.from({ length: 5 }, () => "hello completed")]);
    expect((await fetch(`${url}x`)).status).to.equal(403);
    const { body: page } = await hosted.request("GET", "jobs/counts-1/runs?pageSize=10&pageNumber=0&sortBy=start_time,desc/status,asc");
    expect(page).to.include({ totalCount: 1 });
  });

  it("have one job run at a time, which can be paused, resumed and terminated", async () => {
    await using gate = await startGate();
    const held = { apiName: "holds", parameters: { gate: gate.url } };
    await create({ id: "holds-1", payload: [held, held, held, held], configuration: { ...configuration, maxConcurrentRequests: 1 } });
    const id = await trigger("holds-1");
    await gate.arrived(1);
    const other = await trigger("holds-1");
    expect(await jobRun("holds-1", other)).to.deep.include({ status: "CANCELED", reason: { type: "another-job-run-active", message: "The job run before it has not ended." } });
    await hosted.request("POST", "jobs/holds-1/pause");
    expect(await jobRun("holds-1", id)).to.include({ status: "PAUSING" });
    gate.passOne();
    await untilJobRun("holds-1", id, ({ status }) => status === "PAUSED");
    expect(gate.arrivals).to.equal(1);
    await hosted.request("POST", "jobs/holds-1/resume");
    await gate.arrived(2);
    expect(gate.most).to.equal(1);
    expect((await hosted.request("POST", `jobs/holds-1/runs/${id}/terminate`)).body).to.deep.equal({ message: "Job run terminated" });
    const ended = await untilJobRun("holds-1", id, ({ canceled_runs: canceled }) => canceled === 3);
    expect(ended).to.include({ status: "TERMINATED", successful_runs: 1, failed_runs: 0 });
    const { body } = await hosted.request("GET", `runs?jobRunId=${id}&status=canceled`);
    const runs = body["runs"] as unknown as readonly { readonly runId: string }[];
    expect(runs).to.have.length(3);
    for (const { runId } of runs) expect((await hosted.request("GET", `run/${runId}/result`)).body["reason"]).to.include({ type: "job-run-terminated" });
  });

  it("take payloads that runs add, each one once", async () => {
    await create({ id: "extends-1", payload: [{ apiName: "extends", parameters: { names: ["a", "b", "a"] } }, { apiName: "extends", parameters: { names: ["b", "c"] } }, greet("c")] });
    const id = await trigger("extends-1");
    expect(await untilJobRun("extends-1", id, hasEnded)).to.include({ status: "SUCCESS", payloads: 5, successful_runs: 5 });
    const { body } = await hosted.request("GET", `runs?jobRunId=${id}&api=extends`);
    const results = await Promise.all((body["runs"] as unknown as readonly { readonly runId: string }[]).map(({ runId }) => hosted.ended(runId)));
    expect(results.flatMap(({ extendedPayloads }) => (extendedPayloads as unknown as readonly JsonObject[]).filter(({ runId }) => runId !== undefined))).to.have.length(2);
  });

  it("fire by their schedule, once for each firing", async () => {
    await using receiver = await startReceiver();
    await create({ id: "fires-1", payload: [greet("tick")], schedule: { intervals: [{ every: "1s" }] }, sink: { type: "webhook", url: receiver.url } });
    await receiver.next(() => receiver.received.length >= 3);
    await hosted.request("POST", "jobs/fires-1/pause");
    const { body } = await hosted.request("GET", "jobs/fires-1/runs?pageSize=100");
    const runs = body["jobRuns"] as unknown as readonly JsonObject[];
    expect(runs.every(({ type }) => type === "SCHEDULED")).to.equal(true);
    expect(new Set(runs.map(({ id }) => id)).size).to.equal(runs.length);
    expect(receiver.received[0]).to.have.nested.property("projectJob.id", "fires-1");
  });

  it("stop when their login is dead, rather than log in again and again", async () => {
    await using site = await startLoginSite();
    const { body } = await hosted.request("POST", "auth-sessions/create", { id: "dead-login", parameters: { ...ACCOUNT, url: site.url } });
    expect(await hosted.ended(String(body["operationId"]))).to.include({ status: "completed" });
    site.endLogins();
    site.refuseLogins(true);
    await create({ id: "dead-1", payload: Array.from({ length: 4 }, () => ({ apiName: "whoami", parameters: {} })), configuration: { ...configuration, maxConcurrentRequests: 1 }, auth_session: { id: "dead-login" } });
    const id = await trigger("dead-1");
    const run = await untilJobRun("dead-1", id, ({ status, failed_runs: failed }) => status === "PAUSED" || failed === 4);
    expect(run).to.include({ status: "PAUSED", failed_runs: 1 }).and.to.have.nested.property("reason.type", "auth-session-invalid-mid-job");
    expect((await hosted.request("GET", "jobs/dead-1")).body).to.include({ state: "PAUSED" });
    expect(site.logins).to.equal(2);
  });
});
