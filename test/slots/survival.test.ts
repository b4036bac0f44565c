import { execFileSync } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import pg from "pg";
import type { JsonObject } from "../../runtime/model/json.ts";
import { ACCOUNT, startLoginSite } from "../fixtures/login-site.ts";
import { startGate, type Gate } from "../support/gate.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";

/** Takeover of a killed worker's runs: the issue asks for it within this. */
const TAKEOVER_MS = 15_000;
const RETRY = { retry: { maximumAttempts: 3 } };

/** Processes below a pid, itself left out. */
async function descendants(pid: number): Promise<readonly { readonly pid: number; readonly command: string }[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    pids.map(async (name) => {
      const [stat, command] = await Promise.all([readFile(`/proc/${name}/stat`, "utf8").catch(() => ""), readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")]);
      return { pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]), command: command.replaceAll("\0", " ") };
    }),
  );
  const found = new Set([pid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  return all.filter((one) => found.has(one.pid) && one.pid !== pid);
}

async function pidOf(hosted: Hosted, what: RegExp): Promise<number> {
  for (;;) {
    const found = (await descendants(hosted.server.pid ?? 0)).find(({ command }) => what.test(command));
    if (found !== undefined) return found.pid;
    await delay(50);
  }
}

const WORKER = /main\.js worker/;
const POSTGRES = async (hosted: Hosted): Promise<number> => Number((await readFile(join(hosted.dir, "data", "postgres", "data", "postmaster.pid"), "utf8")).split("\n")[0]);
const attemptsOf = (run: JsonObject): readonly unknown[] => (run["attempts"] as readonly JsonObject[]).map(({ error }) => (error as JsonObject | undefined)?.["code"] ?? "ok");

describe("a hosted runtime survives SIGKILL of", function () {
  this.timeout(120_000);
  let hosted: Hosted;
  let gate: Gate;
  beforeEach(async () => {
    hosted = await startHosted({ slots: 2 });
    gate = await startGate();
  });
  afterEach(async () => {
    await hosted[Symbol.asyncDispose]();
    await gate[Symbol.asyncDispose]();
  });
  const holding = async (): Promise<string> => {
    const before = gate.arrivals;
    const runId = await hosted.start("holds", { gate: gate.url }, RETRY);
    await gate.arrived(before + 1);
    return runId;
  };

  it("the process of the author's code: the run is tried again", async () => {
    const runId = await holding();
    const busy = (await descendants(await pidOf(hosted, WORKER))).filter(({ command }) => /child(?:-bundle\.cjs|\.ts)/.test(command));
    for (const { pid } of busy) process.kill(pid, "SIGKILL");
    await gate.arrived(2);
    gate.open();
    expect(await hosted.ended(runId)).to.include({ status: "completed" });
    expect(attemptsOf(await hosted.until(runId, () => true))).to.deep.equal(["CHILD_CRASHED", "ok"]);
  });

  it("the browser: the run is tried again", async () => {
    const runId = await holding();
    for (const { pid } of (await descendants(await pidOf(hosted, WORKER))).filter(({ command }) => /chrom/.test(command) && !command.includes("--type="))) process.kill(pid, "SIGKILL");
    await gate.arrived(2);
    gate.open();
    expect(await hosted.ended(runId)).to.include({ status: "completed" });
    expect(attemptsOf(await hosted.until(runId, () => true))).to.deep.equal(["BROWSER_CRASHED", "ok"]);
  });

  it("the worker: its runs go on elsewhere within 15 s, and nothing of it is left", async () => {
    const runs = [await holding(), await holding()];
    const worker = await pidOf(hosted, WORKER);
    const left = await descendants(worker);
    expect(left.length).to.be.greaterThan(3);
    process.kill(worker, "SIGKILL");
    const killedAt = performance.now();
    await gate.arrived(4);
    expect(performance.now() - killedAt).to.be.lessThan(TAKEOVER_MS);
    gate.open();
    for (const runId of runs) {
      expect(await hosted.ended(runId)).to.include({ status: "completed" });
      expect(attemptsOf(await hosted.until(runId, () => true))).to.deep.equal(["WORKER_LOST", "ok"]);
    }
    for (const { pid, command } of left) expect(isSame(pid, command), command).to.equal(false);
  });

  it("the server: the database and the runs outlive it, and the next start takes them over", async () => {
    const runId = await holding();
    const waiting = await hosted.start("hello", { name: "later" }, { notBefore: new Date(Date.now() + 500).toISOString() });
    const postgres = await POSTGRES(hosted);
    hosted.server.kill("SIGKILL");
    gate.open();
    await hosted.restart();
    expect(await POSTGRES(hosted), "the same PostgreSQL").to.equal(postgres);
    expect(await hosted.ended(runId)).to.include({ status: "completed" });
    expect(await hosted.ended(waiting)).to.deep.include({ status: "completed", result: { hello: "later" } });
  });

  it("PostgreSQL: it is started again, and the run that went on meanwhile is recorded", async () => {
    const runId = await holding();
    const postgres = await POSTGRES(hosted);
    process.kill(postgres, "SIGKILL");
    gate.open();
    expect(await hosted.ended(runId)).to.include({ status: "completed" });
    expect(await POSTGRES(hosted)).to.not.equal(postgres);
    expect(await hosted.ended(await hosted.start("hello", { name: "after" }))).to.include({ status: "completed" });
  });
});

describe("a worker", function () {
  this.timeout(120_000);

  it("that is told to stop lets its runs end, gives back what takes too long, and takes no new ones", async () => {
    await using hosted = await startHosted({ slots: 0, env: { LATCHKEY_DRAIN: "4s" } });
    await using gate = await startGate();
    await using other = await startGate();
    const first = hosted.spawn(["worker", "--slots", "2"]);
    const short = await hosted.start("holds", { gate: gate.url });
    const long = await hosted.start("holds", { gate: other.url });
    await Promise.all([gate.arrived(1), other.arrived(1)]);
    first.kill("SIGTERM");
    const late = await hosted.start("hello", { name: "late" });
    gate.open();
    await hosted.until(short, ({ status }) => status === "completed");
    await new Promise((resolve) => first.once("exit", resolve));
    expect(await hosted.until(long, () => true)).to.include({ status: "pending", attempt: 0 });
    expect(await hosted.until(late, () => true)).to.include({ status: "pending" });
    hosted.spawn(["worker", "--slots", "2"]);
    await other.arrived(2);
    other.open();
    for (const runId of [long, late]) expect(await hosted.ended(runId)).to.include({ status: "completed" });
    expect(attemptsOf(await hosted.until(long, () => true))).to.deep.equal(["ok"]);
  });

  it("on a PostgreSQL that DATABASE_URL names works for every server there, and each tells what happens on the others", async () => {
    await using hosted = await startHosted({ slots: 0 });
    await using gate = await startGate();
    const socketDir = (await readFile(join(hosted.dir, "data", "postgres", "socket"), "utf8")).trim();
    const elsewhere = { DATABASE_URL: `postgres://latchkey@/latchkey?host=${encodeURIComponent(socketDir)}`, LATCHKEY_DATA_DIR: join(hosted.dir, "elsewhere"), LATCHKEY_ARTIFACTS_DIR: join(hosted.dir, "data", "artifacts") };
    const second = hosted.spawn(["serve", "--port", "0", "--json"], elsewhere);
    const { url } = JSON.parse(await new Promise<string>((resolve) => second.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString())))) as { url: string };
    hosted.spawn(["worker", "--slots", "1"], elsewhere);
    const base = `${url}/api/v1/workspace/default/projects/hosted`;
    const headers = { "x-api-key": hosted.key, "content-type": "application/json" };
    const runId = await hosted.start("holds", { gate: gate.url });
    const events = fetch(`${base}/runs/${runId}/events`, { headers }).then((response) => response.text());
    await gate.arrived(1);
    gate.open();
    expect(await events).to.include("event: run-ended").and.include("event: end");
    const kept = await fetch(`${base}/run`, { method: "POST", headers, body: JSON.stringify({ api: "keeps", parameters: { key: "a", value: "b" } }) });
    const { runId: other } = (await kept.json()) as { runId: string };
    expect((await hosted.request("GET", `runs/${other}/artifacts/files/note.txt`)).body["text"]).to.equal("b");
  });

  it("of several keeps the project's limit with the others, and never more", async () => {
    await using hosted = await startHosted({ slots: 0, settings: JSON.stringify({ name: "hosted", replication: { maxConcurrentRequests: 2 }, authSessions: { apis: [{ pattern: "*", auth: "none" }] } }) });
    await using gate = await startGate();
    for (let number = 0; number < 3; number++) hosted.spawn(["worker", "--slots", "2"]);
    const runs = await Promise.all(Array.from({ length: 8 }, () => hosted.start("holds", { gate: gate.url })));
    for (let passed = 0; passed < 8; passed++) {
      await gate.arrived(Math.min(8, passed + 2));
      gate.passOne();
    }
    for (const runId of runs) expect(await hosted.ended(runId)).to.include({ status: "completed" });
    expect(gate.most).to.equal(2);
  });

  it("uses the login that another one made: many runs on a dead login make one, on three workers", async () => {
    await using site = await startLoginSite();
    await using hosted = await startHosted({ slots: 0 });
    for (let number = 0; number < 3; number++) hosted.spawn(["worker", "--slots", "1"]);
    const { body } = await hosted.request("POST", "auth-sessions/create", { id: "sam", parameters: { ...ACCOUNT, url: site.url } });
    expect(await hosted.ended(String(body["operationId"]))).to.include({ status: "completed" });
    await hosted.request("PATCH", "auth-sessions/sam", { mode: "shared" });
    const before = site.logins;
    site.endLogins();
    const runs = await Promise.all(Array.from({ length: 6 }, () => hosted.start("whoami", {}, { authSession: { id: "sam" } })));
    for (const runId of runs) expect(await hosted.ended(runId)).to.include({ status: "completed" });
    expect(site.logins - before).to.equal(1);
    const workers = new Set(await Promise.all(runs.map(async (runId) => (await hosted.until(runId, () => true))["workerId"])));
    expect(workers.size).to.be.greaterThan(1);
  });
});

describe("many runs while workers are killed", function () {
  this.timeout(600_000);

  it("all end, each with one result, and nothing is left behind", async () => {
    await using hosted = await startHosted({ slots: 0, env: { LATCHKEY_LOG_LEVEL: "error" } });
    let worker = hosted.spawn(["worker", "--slots", "4"]);
    const count = 200;
    const runs = await Promise.all(Array.from({ length: count }, (_value, number) => hosted.start("keeps", { key: `run-${number}`, value: String(number) }, { retry: { maximumAttempts: 10 } })));
    await using database = await connect(hosted);
    const finished = async (): Promise<number> => Number(await database.one("select count(*) from latchkey.runs where status in ('completed', 'failed', 'canceled')"));
    for (let kills = 0, seen = 0; kills < 3; kills++) {
      // Killed in the middle of work, each time a little further on.
      for (const wanted = seen + 10; seen < wanted; seen = await finished()) await delay(50);
      const exited = new Promise((resolve) => worker.once("exit", resolve));
      worker.kill("SIGKILL");
      await exited;
      worker = hosted.spawn(["worker", "--slots", "4"]);
    }
    for (const [number, runId] of runs.entries()) {
      const { before } = (await hosted.ended(runId, 120_000))["result"] as JsonObject;
      // An attempt whose worker was killed may have come as far as keeping its value.
      expect([null, String(number)], runId).to.include(before);
    }
    expect(await database.one("select count(*) from latchkey.runs where status = 'completed'")).to.equal(String(count));
    expect(await database.one("select count(*) from (select run_id from latchkey.run_events where event->>'type' = 'run-ended' group by run_id having count(*) > 1) twice")).to.equal("0");
    expect(await database.one("select count(*) from pgboss.job where name like 'project-%'")).to.equal("0");
    expect((await readdir(join(hosted.dir, "data", "scratch"))).length).to.be.at.most(1);
  });
});

/** A connection to the embedded PostgreSQL itself. */
async function connect(hosted: Hosted): Promise<{ readonly one: (sql: string) => Promise<string> } & AsyncDisposable> {
  const host = (await readFile(join(hosted.dir, "data", "postgres", "socket"), "utf8")).trim();
  const client = new pg.Client({ host, port: 5_432, user: "latchkey", database: "latchkey" });
  await client.connect();
  return {
    one: async (sql) => {
      const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
      return String(rows[0]?.[0]);
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

function isSame(pid: number, command: string): boolean {
  try {
    process.kill(pid, 0);
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).trim() === command.trim();
  } catch {
    return false;
  }
}
