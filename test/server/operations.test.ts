import { execFileSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { Server as ProxyServer } from "proxy-chain";
import pg from "pg";
import type { JsonObject } from "../../runtime/model/json.ts";
import { startGate } from "../support/gate.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";
import { startReceiver } from "../support/receiver.ts";

const codeOf = (result: JsonObject): unknown => ((result["error"] as JsonObject)["details"] as JsonObject)["code"];

/** A connection to the runtime's own database. */
async function connect(hosted: Hosted): Promise<pg.Client> {
  const client = new pg.Client({ host: (await readFile(join(hosted.dir, "data", "postgres", "socket"), "utf8")).trim(), port: 5432, user: "latchkey", database: "latchkey", options: "-c search_path=latchkey" });
  await client.connect();
  return client;
}

describe("operating a server", function () {
  this.timeout(120_000);
  let hosted: Hosted;
  before(async () => {
    hosted = await startHosted({ slots: 2 });
  });
  after(() => hosted[Symbol.asyncDispose]());

  it("tells load balancers and Prometheus how it is, with the work that waits", async () => {
    expect((await hosted.request("GET", "/healthz")).body).to.include({ status: "ok" });
    expect((await hosted.request("GET", "/readyz")).body).to.deep.equal({ status: "ready" });
    await using gate = await startGate();
    const going = await Promise.all([1, 2, 3].map(() => hosted.start("holds", { gate: gate.url })));
    await gate.arrived(2);
    const metrics = async (): Promise<string> => String((await hosted.request("GET", "/metrics")).body["text"]);
    expect(await metrics()).to.include("latchkey_runs_ready 1").and.include('latchkey_runs{project="hosted",status="started"} 2').and.include('latchkey_workers{state="running"} 1');
    gate.open();
    for (const runId of going) await hosted.ended(runId);
    expect(await metrics()).to.include("latchkey_runs_ready 0").and.match(/latchkey_runs_ended\{project="hosted",status="completed",code=""\} \d/).and.include('latchkey_http_request_seconds_bucket');
    expect((await hosted.request("GET", "~/workers")).body["workers"]).to.have.length(1);
  });

  it("tells Prometheus what jobs and queues hold back, and what sinks have not taken", async () => {
    await using receiver = await startReceiver();
    const metrics = async (): Promise<string> => String((await hosted.request("GET", "/metrics")).body["text"]);
    expect(await metrics()).to.include('latchkey_deliveries{status="failed"} 0').and.not.include("latchkey_runs_held{");
    await using gate = await startGate();
    const payload = [1, 2, 3].map((number) => ({ apiName: "holds", parameters: { gate: `${gate.url}?${number}` } }));
    expect((await hosted.request("POST", "jobs", { id: "held", payload, configuration: { maxConcurrentRequests: 1, saveTrace: false } })).status).to.equal(201);
    await hosted.request("POST", "jobs/held/trigger");
    await gate.arrived(1);
    expect(await metrics()).to.include('latchkey_runs_held{project="hosted",of="job"} 2');
    expect((await hosted.request("DELETE", "jobs/held")).status).to.equal(204);
    gate.open();
    receiver.answerWith(503);
    await hosted.ended(await hosted.start("hello", { name: "waits" }, { sink: { type: "webhook", url: receiver.url } }));
    expect(await metrics()).to.include('latchkey_deliveries{status="pending"} 1').and.not.include("latchkey_runs_held{");
    const client = await connect(hosted);
    await client.query("update deliveries set failed_at = now() where delivered_at is null");
    await client.end();
    expect(await metrics()).to.include('latchkey_deliveries{status="pending"} 0').and.include('latchkey_deliveries{status="failed"} 1');
  });

  it("delivers a run's end to its sink until it is taken, each time under the same id", async () => {
    await using receiver = await startReceiver();
    receiver.answerWith(503);
    const runId = await hosted.start("hello", { name: "sink", apiKey: "sk-sink-secret" }, { sink: { type: "webhook", url: receiver.url, headers: { "x-shared": "s3cret" } } });
    await hosted.ended(runId);
    const body = await receiver.next(({ apiInfo }) => (apiInfo as JsonObject)["runId"] === runId);
    expect(body).to.deep.include({ workspaceId: hosted.workspaceId }).and.have.nested.property("apiInfo.result.result.hello", "sink");
    expect(JSON.stringify(body)).to.not.include("sk-sink-secret");
    receiver.answerWith(204);
    while (receiver.ids.length < 2) await delay(100);
    expect(new Set(receiver.ids).size).to.equal(1);
    const client = await connect(hosted);
    for (let delivered = false; !delivered; await delay(50)) delivered = (await client.query("select 1 from deliveries where run_id = $1 and delivered_at is not null", [runId])).rowCount === 1;
    await client.end();
  });

  it("sweeps what is older than its retention, files included, and nothing else", async () => {
    const [old, young] = [await hosted.start("keeps", { key: "old", value: "1" }), await hosted.start("keeps", { key: "young", value: "1" })];
    for (const runId of [old, young]) await hosted.ended(runId);
    const client = await connect(hosted);
    await client.query("update runs set ended_at = now() - interval '31 days' where id = $1", [old]);
    await client.end();
    hosted.server.kill("SIGTERM");
    await new Promise((resolve) => hosted.server.once("exit", resolve));
    await hosted.restart();
    while ((await hosted.request("GET", `runs/${old}`)).status !== 404) await delay(100);
    expect((await hosted.request("GET", `runs/${young}/artifacts/files/note.txt`)).status).to.equal(200);
    const kept = execFileSync("ls", [join(hosted.dir, "data", "artifacts")], { encoding: "utf8" });
    expect(kept).to.include(young).and.not.include(old);
  });

  it("tells a dead proxy from a dead site, and one that is cut in the middle of a run", async () => {
    const site = createServer((_request, response) => response.end("<title>Site</title>"));
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    const proxy = new ProxyServer({ port: 0, prepareRequestFunction: () => ({}) });
    await proxy.listen();
    const through = (): JsonObject => ({ proxy: `http://user:geheim-proxy@127.0.0.1:${proxy.port}`, retry: { maximumAttempts: 1 } });
    expect((await hosted.ended(await hosted.start("visits", { url }, through())))["result"]).to.equal("Site");
    const cut = through();
    await proxy.close(true);
    const dead = await hosted.ended(await hosted.start("visits", { url }, cut));
    expect(codeOf(dead)).to.equal("PROXY_UNREACHABLE");
    expect(JSON.stringify(dead)).to.not.include("geheim-proxy");
    site.closeAllConnections();
    site.close();
    expect(codeOf(await hosted.ended(await hosted.start("visits", { url }, { retry: { maximumAttempts: 1 } })))).to.equal("NAVIGATION_FAILED");
  });

  it("keeps secrets out of what it logs and of what it stores", async () => {
    await hosted.ended(await hosted.start("hello", { name: "x", apiKey: "sk-needle-in-haystack" }));
    expect(hosted.log()).to.not.include("sk-needle-in-haystack").and.not.include(hosted.key);
    const found = execFileSync("sh", ["-c", 'grep -rlaF -e sk-needle-in-haystack -e "$1" "$2/data" || true', "sh", hosted.key, hosted.dir], { encoding: "utf8" });
    expect(found).to.equal("");
  });
});

describe("a full disk", function () {
  this.timeout(120_000);

  it("fails no run and loses no record: the files that do not fit are told", async () => {
    await using hosted = await startHosted({ slots: 0 });
    const artifacts = join(hosted.dir, "small-disk");
    await mkdir(artifacts);
    // A disk of 64 KB that only this worker sees.
    const worker = hosted.spawn(["worker", "--slots", "1"], { LATCHKEY_ARTIFACTS_DIR: artifacts }, ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", `mount -t tmpfs -o size=64k tmpfs ${artifacts} && exec "$@"`, "sh"]);
    const runId = await hosted.start("keeps", { key: "large", value: "x".repeat(200_000) });
    expect(await hosted.ended(runId)).to.include({ status: "completed" });
    const { body } = await hosted.request("GET", `runs/${runId}/logs`);
    expect(JSON.stringify(body)).to.include("could not be kept");
    expect((await hosted.request("GET", `runs/${runId}/artifacts`)).body["artifacts"]).to.deep.equal([]);
    expect(await hosted.ended(await hosted.start("keeps", { key: "small", value: "fits" }))).to.include({ status: "completed" });
    worker.kill("SIGTERM");
  });
});

describe("tracing", function () {
  this.timeout(120_000);

  it("leads from the caller's request to the phases of the attempt, in one trace", async () => {
    const spans: { readonly traceId: string; readonly name: string }[] = [];
    const collector = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { resourceSpans } = JSON.parse(text) as { readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly { readonly traceId: string; readonly name: string }[] }[] }[] };
        spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
    const hosted = await startHosted({ slots: 1, env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` } });
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const { body } = await hosted.request("POST", "run/start", { api: "hello", parameters: { name: "x" } }, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    await hosted.ended(String(body["runId"]));
    await hosted[Symbol.asyncDispose]();
    expect(spans.filter((span) => span.traceId === traceId).map(({ name }) => name)).to.include.members(["latchkey request", "latchkey api hello", "browser", "api"]);
    collector.closeAllConnections();
    collector.close();
  });
});
