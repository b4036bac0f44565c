import { expect } from "chai";
import type { JsonObject } from "../../runtime/model/json.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";
import { startReceiver } from "../support/receiver.ts";

const PAYLOADS = 500;
const KILLS = 4;
const SLOTS = "2";

/** Resolves when a worker has been killed after each of several random numbers of results. */
async function killWorkers(hosted: Hosted, results: () => number, next: () => Promise<unknown>): Promise<void> {
  const spawn = (): ReturnType<Hosted["spawn"]> => hosted.spawn(["worker", "--slots", SLOTS]);
  const workers = [spawn(), spawn()];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const after = Math.floor((PAYLOADS / (KILLS + 1)) * (kill - 1 + Math.random()));
    while (results() < after) await next();
    workers.splice(Math.floor(Math.random() * workers.length), 1)[0]?.kill("SIGKILL");
    workers.push(spawn());
  }
}

describe("a job whose workers are killed at random", function () {
  this.timeout(900_000);

  it("has every payload exactly once in the record, and every result delivered", async () => {
    await using hosted = await startHosted({ slots: 1 });
    await using receiver = await startReceiver();
    const payload = Array.from({ length: PAYLOADS }, (_, number) => ({ apiName: "hello", parameters: { name: `n${number}` } }));
    const created = await hosted.request("POST", "jobs", { id: "chaos", payload, configuration: { saveTrace: false, maxConcurrentRequests: 20, retry: { maximumAttempts: 20 } }, sink: { type: "webhook", url: receiver.url } });
    expect(created.status, JSON.stringify(created.body)).to.equal(201);
    const { jobRunId } = (await hosted.request("POST", "jobs/chaos/trigger")).body;
    const delivered = (): number => new Set(receiver.ids).size;
    const oneMore = async (): Promise<unknown> => {
      const before = receiver.received.length;
      return receiver.next(() => receiver.received.length > before);
    };
    await killWorkers(hosted, delivered, oneMore);
    while (delivered() < PAYLOADS) await oneMore();

    const { body } = await hosted.request("GET", `jobs/chaos/runs/${String(jobRunId)}`);
    expect(body["jobRun"]).to.include({ status: "SUCCESS", payloads: PAYLOADS, successful_runs: PAYLOADS, failed_runs: 0, canceled_runs: 0 });
    const lines = (await (await fetch(String((body["results"] as JsonObject)["signed_url"]))).text()).trimEnd().split("\n").map((line) => JSON.parse(line) as { readonly apiInfo: { readonly runId: string; readonly parameters: { readonly name: string }; readonly result: { readonly status: string } } });
    const wanted = payload.map(({ parameters }) => parameters.name).sort();
    expect(lines.map(({ apiInfo }) => apiInfo.parameters.name).sort()).to.deep.equal(wanted);
    expect(lines.every(({ apiInfo }) => apiInfo.result.status === "completed")).to.equal(true);
    const told = new Map(receiver.received.map((one) => one["apiInfo"] as JsonObject).map((info) => [info["runId"], (info["parameters"] as JsonObject)["name"]]));
    expect([...told.values()].sort()).to.deep.equal(wanted);
  });
});
