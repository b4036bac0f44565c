import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { JsonObject } from "../../runtime/model/json.ts";
import { startReceiver } from "../support/receiver.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";
import { PROJECTS_DIR } from "../support/test-project.ts";
import { runCli, type CliOutcome } from "./cli-process.ts";

/** As the fixture's settings, with APIs that may do without a login. */
const SETTINGS = JSON.stringify({ name: "hosted", authSessions: { apis: [{ pattern: "whoami", auth: "required" }, { pattern: "*", auth: "optional" }] } });
const SECRET = "open-sesame";
const greet = (name: string): JsonObject => ({ apiName: "hello", parameters: { name } });

describe("jobs and queues from the command line", function () {
  this.timeout(120_000);
  let hosted: Hosted;
  let project: string;
  before(async () => {
    hosted = await startHosted({ project: null });
    project = join(hosted.dir, "my-project");
    // One API: deriving schemas takes seconds.
    await cp(join(PROJECTS_DIR, "hosted"), project, { recursive: true, filter: (path) => !/api\/(?!hello)\w+\.ts$/.test(path) });
    await writeFile(join(project, "latchkey.jsonc"), SETTINGS);
  });
  after(() => hosted[Symbol.asyncDispose]());

  const latchkey = (args: readonly string[], input = ""): Promise<CliOutcome> => runCli(project, args, { input, env: { ...hosted.env, LATCHKEY_SERVER: hosted.url, LATCHKEY_API_KEY: hosted.key } });
  const ok = async (...args: string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await latchkey(args);
    expect(exitCode, `${args.join(" ")}: ${stdout}${stderr}`).to.equal(0);
    return stdout + stderr;
  };
  const json = async (...args: string[]): Promise<JsonObject> => JSON.parse((await latchkey([...args, "--json"])).stdout) as JsonObject;
  const declare = async (file: string, value: unknown): Promise<void> => {
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), typeof value === "string" ? value : JSON.stringify(value));
  };
  const undeclare = (file: string): Promise<void> => rm(join(project, file));
  const idsOf = async (kind: "jobs" | "queues"): Promise<readonly unknown[]> => ((await hosted.request("GET", kind)).body as unknown as readonly JsonObject[]).map(({ id }) => id);

  describe("declared in the project", () => {
    it("are planned first, and the plan changes nothing", async () => {
      await declare("latchkey/jobs/nightly.jsonc", `{ // comments are welcome\n "payload": [${JSON.stringify(greet("a"))}], "configuration": {}, "schedule": { "cron": ["0 3 * * *"] }, }`);
      await declare("latchkey/queues/mail.jsonc", { configuration: { rateLimits: [{ limit: 10, duration: "1m" }] } });
      const told = await ok("deploy", "--plan");
      expect(told).to.include("+ job nightly: create (latchkey/jobs/nightly.jsonc)").and.include("+ queue mail: create (latchkey/queues/mail.jsonc)").and.include("nothing was changed");
      expect([await idsOf("jobs"), await idsOf("queues")]).to.deep.equal([[], []]);
    });

    it("are created by a deployment; the next one finds them as they are", async () => {
      expect(await ok("deploy")).to.include("+ job nightly: create").and.include("it is live");
      expect([await idsOf("jobs"), await idsOf("queues")]).to.deep.equal([["nightly"], ["mail"]]);
      expect(await ok("deploy")).to.include("declared jobs and queues are as they were").and.not.match(/[+~-] (job|queue)/);
      expect(await ok("jobs", "list")).to.match(/nightly +active +1 +\S+T03:00\S* .*in the project/);
      expect(await ok("queues", "list")).to.match(/mail +active +0 +0 +in the project/);
    });

    it("are changed when their file is, with what env: stands for, which no answer shows", async () => {
      await declare("latchkey/jobs/nightly.jsonc", { payload: [greet("a"), greet("b")], configuration: {}, sink: { type: "webhook", url: "https://example.test/hook", headers: { authorization: "env:HOOK_TOKEN" } } });
      const missing = await latchkey(["deploy"]);
      expect([missing.exitCode, missing.stderr], missing.stderr).to.satisfy(([code, text]: [number, string]) => code === 2 && text.includes("RESOURCE_INVALID") && text.includes("latchkey/jobs/nightly.jsonc") && text.includes("HOOK_TOKEN") && text.includes("latchkey env set HOOK_TOKEN"));
      expect((await latchkey(["env", "set", "HOOK_TOKEN", "-"], `Bearer ${SECRET}\n`)).exitCode).to.equal(0);
      expect(await ok("deploy")).to.include("~ job nightly: update").and.not.include("queue mail").and.not.include(SECRET);
      const shown = await ok("jobs", "show", "nightly");
      expect(shown).to.include('"b"').and.not.include(SECRET);
      expect(await ok("deploy")).to.include("are as they were");
    });

    it("are not changed by hand, only paused, resumed, triggered and filled", async () => {
      const answer = await hosted.request("PUT", "jobs/nightly", { payload: [greet("c")], configuration: {} });
      expect([answer.status, answer.body["details"]]).to.deep.include(409).and.satisfy(([, details]: [number, JsonObject]) => details["code"] === "RESOURCE_DECLARED");
      for (const args of [["jobs", "update", "nightly", JSON.stringify({ payload: [greet("c")], configuration: {} })], ["jobs", "delete", "nightly"], ["queues", "update", "mail", "{}"], ["queues", "delete", "mail"]]) {
        const { exitCode, stderr } = await latchkey(args);
        expect([exitCode, stderr.includes("RESOURCE_DECLARED"), stderr.includes("latchkey deploy")], `${args.join(" ")}: ${stderr}`).to.deep.equal([2, true, true]);
      }
      await ok("jobs", "pause", "nightly");
      await ok("jobs", "resume", "nightly");
    });

    it("are deleted after a yes only, and what was made by hand never is", async () => {
      await ok("jobs", "create", "by-hand", JSON.stringify({ payload: [greet("x")], configuration: {} }));
      await undeclare("latchkey/jobs/nightly.jsonc");
      const refused = await latchkey(["deploy"]);
      expect([refused.exitCode, refused.stderr.includes("CONFIRMATION_NEEDED"), refused.stderr.includes('the job "nightly"')], refused.stderr).to.deep.equal([2, true, true]);
      expect(await idsOf("jobs")).to.have.members(["nightly", "by-hand"]);
      expect(await ok("deploy", "--yes")).to.include("- job nightly: delete, its file is gone");
      expect([await idsOf("jobs"), await idsOf("queues")]).to.deep.equal([["by-hand"], ["mail"]]);
    });

    it("may lie as in an Intuned project", async () => {
      await declare("intuned-resources/jobs/weekly.job.json", { payload: [greet("w")], configuration: {} });
      expect(await ok("deploy")).to.include("+ job weekly: create (intuned-resources/jobs/weekly.job.json)");
      await undeclare("intuned-resources/jobs/weekly.job.json");
      await ok("deploy", "--yes");
    });

    const mistakes: readonly (readonly [string, string, unknown, string])[] = [
      ["a field of another type", "latchkey/jobs/wrong.jsonc", { payload: [greet("a")], configuration: { maxConcurrentRequests: "four" } }, "configuration.maxConcurrentRequests"],
      ["an unknown field", "latchkey/queues/wrong.jsonc", { configuration: { rateLimit: 4 } }, "configuration.rateLimit is not a known field"],
      ["a field that is missing", "latchkey/jobs/wrong.jsonc", { configuration: {} }, "payload"],
      ["an unknown API", "latchkey/jobs/wrong.jsonc", { payload: [{ apiName: "helo", parameters: {} }], configuration: {} }, "helo"],
      ["parameters that do not fit", "latchkey/jobs/wrong.jsonc", { payload: [greet("")], configuration: {} }, "name"],
      ["a schedule that never fires", "latchkey/jobs/wrong.jsonc", { payload: [greet("a")], configuration: {}, schedule: { cron: ["0 0 30 2 *"] } }, "never fires"],
      ["no JSON", "latchkey/jobs/wrong.jsonc", "{ payload", "not valid JSON"],
      ["an id that is none", "latchkey/jobs/not an id.jsonc", { payload: [greet("a")], configuration: {} }, "is no id"],
    ];
    for (const [what, file, value, field] of mistakes) {
      it(`name the file and the field of ${what}, and nothing is changed`, async () => {
        const before = await hosted.request("GET", "jobs");
        await declare(file, value);
        const { exitCode, stderr } = await latchkey(["deploy"]);
        await undeclare(file);
        expect([exitCode, stderr.includes("RESOURCE_INVALID"), stderr.includes(file), stderr.includes(field), stderr.includes("→")], stderr).to.deep.equal([2, true, true, true, true]);
        expect((await hosted.request("GET", "jobs")).body).to.deep.equal(before.body);
      });
    }
  });

  describe("in the terminal", () => {
    it("make, start, pause and show a job", async () => {
      await declare("job.json", { payload: [greet("one"), greet("two")], configuration: { saveTrace: false } });
      expect(await ok("jobs", "create", "two", "@job.json")).to.include('"two" is created').and.include("latchkey jobs trigger two");
      expect(await ok("jobs", "runs", "two")).to.include("no job runs yet");
      const { jobRunId } = await json("jobs", "trigger", "two");
      for (let ended = false; !ended; ) ended = ((await json("jobs", "run", "two", String(jobRunId)))["jobRun"] as JsonObject)["end_time"] !== null;
      expect(await ok("jobs", "runs", "two")).to.match(/success +\S+ +2 +2 +0/);
      expect(await ok("jobs", "run", "two", String(jobRunId))).to.include("http");
      expect(await ok("jobs", "pause", "two")).to.include("latchkey jobs resume two");
      expect(await ok("jobs", "list")).to.match(/two +paused/);
      const paused = await latchkey(["jobs", "trigger", "two"]);
      expect([paused.exitCode, paused.stderr.includes("JOB_PAUSED")]).to.deep.equal([2, true]);
      await ok("jobs", "resume", "two");
      await writeFile(join(project, "shown.json"), (await latchkey(["jobs", "show", "two", "--json"])).stdout);
      expect(await ok("jobs", "update", "two", "@shown.json")).to.include("is changed");
      expect(await ok("jobs", "delete", "two")).to.include("is deleted");
    });

    it("fill, order and empty a queue, and deliver again what a sink got", async () => {
      await using receiver = await startReceiver();
      await declare("queue.json", { configuration: { saveTrace: false }, sink: { type: "webhook", url: receiver.url, headers: { authorization: `Bearer ${SECRET}` } } });
      await ok("queues", "create", "post", "@queue.json");
      expect(await ok("queues", "show", "post")).to.not.include(SECRET);
      expect(await ok("queues", "pause", "post")).to.include("is paused");
      const first = await json("queues", "append", "post", "hello", '{"name":"first"}', "--item-id", "one");
      expect((await json("queues", "append", "post", "hello", '{"name":"first"}', "--item-id", "one"))["runId"]).to.equal(first["runId"]);
      await declare("items.jsonl", `${JSON.stringify(greet("second"))}\n${JSON.stringify(greet("third"))}\n`);
      expect(await ok("queues", "append", "post", "--file", "items.jsonl")).to.include("2 items are in the queue");
      const items = (await json("queues", "items", "post"))["items"] as readonly JsonObject[];
      expect(items).to.have.length(3);
      const [third, second] = items.map(({ runId }) => String(runId));
      expect(await ok("queues", "prioritise", "post", third ?? "", "10")).to.include("priority 10");
      expect(await ok("queues", "cancel", "post", second ?? "")).to.include("is canceled");
      await ok("queues", "resume", "post");
      await receiver.next(({ apiInfo }) => (apiInfo as JsonObject)["runId"] === first["runId"]);
      expect(await ok("queues", "items", "post")).to.match(/completed +hello/).and.match(/canceled +hello/);
      const list = async (): Promise<readonly JsonObject[]> => (await json("deliveries", "list"))["deliveries"] as readonly JsonObject[];
      let delivered = await list();
      while (delivered.some(({ status }) => status === "pending")) delivered = await list();
      expect(await ok("deliveries", "list")).to.match(/delivered +1 +/).and.not.include(SECRET);
      expect(await ok("deliveries", "show", String(delivered[0]?.["id"]))).to.include("runId").and.not.include(SECRET);
      expect(await ok("deliveries", "replay", String(delivered[0]?.["id"]))).to.include("on its way again");
      await ok("queues", "delete", "post");
    });

    const nobody = "0198c1f2-0000-7000-8000-000000000000";
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [["jobs", "show", "nothing"], "JOB_NOT_FOUND"],
      [["jobs", "trigger", "nothing"], "JOB_NOT_FOUND"],
      [["jobs", "run", "by-hand", nobody], "JOB_RUN_NOT_FOUND"],
      [["jobs", "create", "x", "@nowhere.json"], "→"],
      [["jobs", "create", "x", "{not json"], "INVALID_JSON"],
      [["jobs", "create", "not an id", '{"payload":[{"apiName":"hello","parameters":{"name":"a"}}],"configuration":{}}'], "id"],
      [["jobs", "create", "by-hand", '{"payload":[{"apiName":"hello","parameters":{"name":"a"}}],"configuration":{}}'], "JOB_EXISTS"],
      [["jobs", "runs", "by-hand", "--limit", "0"], "USAGE"],
      [["queues", "show", "nothing"], "QUEUE_NOT_FOUND"],
      [["queues", "append", "mail"], "USAGE"],
      [["queues", "append", "mail", "helo", "{}"], "API_NOT_FOUND"],
      [["queues", "append", "mail", "hello", "{}"], "PARAMS_INVALID"],
      [["queues", "cancel", "mail", nobody], "NOT_FOUND"],
      [["queues", "items", "mail", "--limit", "many"], "USAGE"],
      [["deliveries", "show", nobody], "DELIVERY_NOT_FOUND"],
      [["deliveries", "replay", nobody], "DELIVERY_NOT_FOUND"],
    ];
    for (const [args, code] of wrong) {
      it(`say what is wrong with: ${args.join(" ")}`, async () => {
        const { exitCode, stderr } = await latchkey(args);
        expect([exitCode, stderr.includes(code), stderr.includes("→")], stderr).to.deep.equal([2, true, true]);
        expect(stderr).to.not.match(/\bat \S+ \(/);
      });
    }
  });
});
