import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import S3rver from "s3rver";
import { Webhook } from "standardwebhooks";
import type { JsonObject } from "../../runtime/model/json.ts";
import { ACCOUNT, startLoginSite } from "../fixtures/login-site.ts";
import { startGate } from "../support/gate.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";
import { startReceiver } from "../support/receiver.ts";

const OPEN = JSON.stringify({ authSessions: { enabled: true, apis: [{ pattern: "*", auth: "optional" }] } });
const codeOf = (body: JsonObject): unknown => (body["details"] as JsonObject | undefined)?.["code"];

let hosted: Hosted;

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean, timeoutMs = 60_000): Promise<T> {
  const endsAtMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() > endsAtMs) throw new Error(`It did not get there: ${JSON.stringify(value)}\n${hosted.log().slice(-3_000)}`);
    await delay(50);
  }
}

/** Notes who comes, in order and with the time. */
async function startVisitors(): Promise<AsyncDisposable & { readonly urlOf: (name: string) => string; readonly visits: { readonly name: string; readonly atMs: number }[]; readonly most: () => number }> {
  const visits: { name: string; atMs: number }[] = [];
  let [now, most] = [0, 0];
  const server = createServer((request, response) => {
    visits.push({ name: (request.url ?? "/").slice(1), atMs: Date.now() });
    most = Math.max(most, (now += 1));
    response.once("close", () => (now -= 1));
    response.end("<title>page</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (name) => `http://127.0.0.1:${port}/${name}`,
    visits,
    most: () => most,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("queues and sinks", () => {
  before(async function () {
    this.timeout(120_000);
    hosted = await startHosted({ slots: 1, settings: OPEN });
  });
  after(() => hosted[Symbol.asyncDispose]());

  const create = async (id: string, configuration: JsonObject, more: JsonObject = {}): Promise<void> => {
    // A project with auth sessions: the queue names one.
    await login();
    const answer = await hosted.request("POST", "queues", { id, configuration: { saveTrace: false, ...configuration }, authSession: { id: "queue-login" }, ...more });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  };
  const login = async (): Promise<void> => {
    const { status } = await hosted.request("GET", "auth-sessions/queue-login");
    if (status === 200) return;
    await using site = await startLoginSite();
    const { body } = await hosted.request("POST", "auth-sessions/create", { id: "queue-login", parameters: { ...ACCOUNT, url: site.url } });
    expect(await hosted.ended(String(body["operationId"]))).to.include({ status: "completed" });
  };
  const hold = (url: string, more: JsonObject = {}): JsonObject => ({ apiName: "holds", parameters: { gate: url }, authSession: null, ...more });
  const append = async (id: string, body: unknown): Promise<readonly string[]> => {
    const answer = await hosted.request("POST", `queues/${id}/items`, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    const list = Array.isArray(answer.body) ? (answer.body as unknown as readonly JsonObject[]) : [answer.body];
    return list.map(({ runId }) => String(runId));
  };

  it("work one after the other in order, and higher priorities first; items wait, are cancelled and told of", async () => {
    await using gate = await startGate();
    await using visitors = await startVisitors();
    await create("order-1", {});
    const visit = (name: string, more: JsonObject = {}): JsonObject => ({ apiName: "holds", parameters: { gate: visitors.urlOf(name) }, authSession: null, ...more });
    const [first = ""] = await append("order-1", hold(gate.url));
    await gate.arrived(1);
    const rest = await append("order-1", ["a", "b", "c", "d", "e"].map((name) => visit(name)));
    expect((await hosted.request("GET", `queues/order-1/items/${first}`)).body).to.include({ status: "pending" });
    expect((await hosted.request("GET", `queues/order-1/items/${rest[0] ?? ""}`)).body).to.deep.equal({ runId: rest[0], status: "queued" });
    expect((await hosted.request("PATCH", `queues/order-1/items/${rest[3] ?? ""}`, { priority: 5 })).body).to.include({ priority: 5 });
    expect((await hosted.request("DELETE", `queues/order-1/items/${rest[1] ?? ""}`)).status).to.equal(204);
    gate.open();
    for (const id of rest) await hosted.ended(id);
    expect(visitors.visits.map(({ name }) => name)).to.deep.equal(["d", "a", "c", "e"]);
    expect(visitors.most()).to.equal(1);
    expect((await hosted.request("GET", `queues/order-1/items/${rest[0] ?? ""}`)).body).to.include({ status: "completed", statusCode: 200 });
    expect(codeOf((await hosted.request("PATCH", `queues/order-1/items/${rest[0] ?? ""}`, { priority: 1 })).body)).to.equal("RUN_ENDED");
  });

  it("append the same id once, many at once or none", async () => {
    await create("ids-1", {});
    await hosted.request("POST", "queues/ids-1/pause");
    const item = { apiName: "hello", parameters: { name: "a" }, authSession: null };
    const [one] = await append("ids-1", { ...item, id: "order 7" });
    expect(await append("ids-1", [{ ...item, id: "order 7" }, { ...item, id: "order 8" }, { ...item, id: "order 8" }])).to.have.property("0", one);
    expect((await hosted.request("GET", "queues/ids-1")).body).to.include({ waiting: 2, state: "PAUSED" });
    expect(codeOf((await hosted.request("POST", "queues/ids-1/items", { ...item, id: "order 7", parameters: { name: "b" } })).body)).to.equal("IDEMPOTENCY_CONFLICT");
    const wrong = await hosted.request("POST", "queues/ids-1/items", [item, { ...item, apiName: "helo" }]);
    expect([codeOf(wrong.body), String(wrong.body["message"])]).to.deep.equal(["API_NOT_FOUND", 'Number 2 of 2: The project has no API "helo". Did you mean "hello"?']);
    expect((await hosted.request("GET", "queues/ids-1")).body).to.include({ waiting: 2 });
    expect((await hosted.request("DELETE", "queues/ids-1")).status).to.equal(204);
    expect((await hosted.request("GET", `run/${one ?? ""}/result`)).body).to.include({ status: "canceled" });
  });

  it("keep their rate limit and their order on three workers", async () => {
    await using visitors = await startVisitors();
    const others = [hosted.spawn(["worker", "--slots", "1"]), hosted.spawn(["worker", "--slots", "1"])];
    await until(async () => (await hosted.request("GET", "~/workers")).body["workers"] as readonly unknown[], (workers) => workers.length === 3);
    await create("rate-1", { rateLimits: [{ limit: 2, duration: "1500ms" }] });
    const names = ["a", "b", "c", "d", "e", "f"];
    const items = await append("rate-1", names.map((name) => ({ apiName: "holds", parameters: { gate: visitors.urlOf(name) }, authSession: null })));
    for (const id of items) await hosted.ended(id);
    const { visits } = visitors;
    expect(visits.map(({ name }) => name)).to.deep.equal(names);
    const starts = await Promise.all(items.map(async (id) => Date.parse(String((await hosted.request("GET", `runs/${id}`)).body["startedAt"]))));
    for (const [index, at] of starts.entries()) expect(starts.filter((other) => other <= at && other > at - 1_500).length, `around item ${index}`).to.be.at.most(2);
    for (const worker of others) worker.kill("SIGTERM");
    await until(async () => (await hosted.request("GET", "~/workers")).body["workers"] as readonly unknown[], (workers) => workers.length === 1);
  });

  it("are refused where something is wrong, or the login is missing", async () => {
    const wrong: readonly (readonly [JsonObject, string])[] = [
      [{ configuration: { maxConcurrentRequests: 2 } }, "QUEUE_INVALID"],
      [{ configuration: { rateLimits: [{ limit: 1, duration: "soon" }] } }, "QUEUE_INVALID"],
      [{ configuration: { randomWait: { min: "2s", max: "1s" } } }, "QUEUE_INVALID"],
      [{ configuration: { activePeriods: [{ from: "25:00", to: "26:00" }] } }, "SCHEDULE_INVALID"],
      [{ configuration: null, authSession: { id: "nobody" } }, "AUTH_SESSION_NOT_FOUND"],
      [{ configuration: { colour: "red" } }, "REQUEST_INVALID"],
    ];
    for (const [body, code] of wrong) expect(codeOf((await hosted.request("POST", "queues", { id: "wrong-1", ...body })).body), JSON.stringify(body)).to.equal(code);
    await create("repeat-1", {});
    expect(codeOf((await hosted.request("POST", "queues/repeat-1/repeatItems", { apiName: "hello", parameters: { name: "a" }, repeat: "1m" })).body)).to.equal("QUEUE_INVALID");
  });

  it("append repeat items, and run within their hours only", async () => {
    const day = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"][(new Date().getUTCDay() + 3) % 7] ?? "";
    await create("hours-1", { activePeriods: [{ days: [day], from: "10:00", to: "11:00" }] });
    await append("hours-1", { apiName: "hello", parameters: { name: "later" }, authSession: null });
    const { body } = await hosted.request("GET", "queues/hours-1");
    expect(body).to.include({ waiting: 1, running: 0 });
    expect(new Date(String(body["nextReleaseAt"])).getUTCHours()).to.equal(10);
    await create("repeats-1", {});
    const made = await hosted.request("POST", "queues/repeats-1/repeatItems", { apiName: "hello", parameters: { name: "again" }, authSession: null, repeat: "1h" });
    expect(made).to.deep.include({ status: 201 }).and.to.have.nested.property("body.status", "repeatable item created");
    const item = await until(async () => (await hosted.request("GET", `queues/repeats-1/repeatItems/${String(made.body["id"])}`)).body, ({ lastRunId }) => lastRunId !== undefined);
    expect(await hosted.ended(String(item["lastRunId"]))).to.include({ status: "completed" });
    expect(Date.parse(String(item["nextAt"]))).to.be.greaterThan(Date.now());
  });

  it("webhooks are signed by Standard Webhooks; a sink that is down for a while loses nothing; what was delivered can be replayed", async () => {
    await using receiver = await startReceiver();
    receiver.answerWith(503);
    const runId = await hosted.start("hello", { name: "sink" }, { sink: { type: "webhook", url: `${receiver.url}?token=open-sesame` } });
    await receiver.next(() => true);
    const listed = async (): Promise<JsonObject> => ((await hosted.request("GET", `deliveries?runId=${runId}`)).body["deliveries"] as unknown as readonly JsonObject[])[0] ?? {};
    const failing = await until(listed, ({ lastError }) => lastError !== undefined);
    expect(failing).to.include({ status: "pending" });
    expect(JSON.stringify(failing)).to.not.include("open-sesame");
    receiver.answerWith(204);
    const delivered = await until(listed, ({ status }) => status === "delivered");
    expect(new Set(receiver.ids)).to.deep.equal(new Set([delivered["id"]]));
    const { secret } = (await hosted.request("GET", "signing-secret")).body;
    const last = receiver.requests.at(-1);
    expect(() => new Webhook(String(secret)).verify(last?.text ?? "", last?.headers ?? {})).to.not.throw();
    expect(() => new Webhook(String(secret)).verify(`${last?.text ?? ""} `, last?.headers ?? {})).to.throw();
    const rotated = await hosted.request("POST", "signing-secret/rotate");
    const before = receiver.received.length;
    expect((await hosted.request("POST", `deliveries/${String(delivered["id"])}/replay`)).status).to.equal(200);
    await receiver.next(() => receiver.received.length > before);
    for (const one of [secret, rotated.body["secret"]]) expect(() => new Webhook(String(one)).verify(receiver.requests.at(-1)?.text ?? "", receiver.requests.at(-1)?.headers ?? {})).to.not.throw();
  });

  it("results go to S3-compatible storage: an object for each run, or lines for a whole job run", async () => {
    const s3 = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory: `${hosted.dir}/s3`, configureBuckets: [{ name: "results", configs: [] }] });
    const { port } = await s3.run();
    try {
      const sink = { type: "s3", bucket: "results", accessKeyId: "S3RVER", secretAccessKey: "S3RVER", region: "eu-1", endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true, prefix: "out" };
      const runId = await hosted.start("hello", { name: "s3" }, { sink });
      await hosted.ended(runId);
      const read = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}/results/${path}`);
      const object = await until(() => read(`out/${runId}.json`), ({ status }) => status === 200);
      expect(await object.json()).to.have.nested.property("apiInfo.result.status", "completed");
      await hosted.request("POST", "jobs", { id: "lines-1", payload: ["a", "b", "c"].map((name) => ({ apiName: "hello", parameters: { name } })), configuration: { saveTrace: false }, sink: { ...sink, format: "jsonl" } });
      const { jobRunId } = (await hosted.request("POST", "jobs/lines-1/trigger")).body;
      const lines = await until(() => read(`out/lines-1/${String(jobRunId)}.jsonl`), ({ status }) => status === 200);
      expect((await lines.text()).trimEnd().split("\n")).to.have.length(3);
    } finally {
      await s3.close();
    }
  });
});
