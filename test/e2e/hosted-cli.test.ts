import { readFile, writeFile } from "node:fs/promises";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JsonObject } from "../../runtime/model/json.ts";
import { ACCOUNT, OTP, startLoginSite, type LoginSite } from "../fixtures/login-site.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";
import { PROJECTS_DIR } from "../support/test-project.ts";
import { runCli, startCli, type CliOutcome } from "./cli-process.ts";

describe("the command line with a server", function () {
  this.timeout(120_000);
  let hosted: Hosted;
  let site: LoginSite;
  let project: string;
  before(async () => {
    site = await startLoginSite();
    hosted = await startHosted({ project: null });
    project = join(hosted.dir, "my-project");
    await cp(join(PROJECTS_DIR, "hosted"), project, { recursive: true });
    await writeFile(join(project, "sam.json"), JSON.stringify({ ...ACCOUNT, url: site.url }));
  });
  after(async () => {
    await hosted[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  const remote = (): Record<string, string> => ({ ...hosted.env, LATCHKEY_SERVER: hosted.url, LATCHKEY_API_KEY: hosted.key });
  const latchkey = (args: readonly string[], options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {}): Promise<CliOutcome> => runCli(project, args, { ...options, env: { ...remote(), ...options.env } });
  const json = async (...args: string[]): Promise<JsonObject> => {
    const { stdout, stderr, exitCode } = await latchkey([...args, "--json"]);
    expect(exitCode, `${args.join(" ")}: ${stderr}`).to.equal(0);
    return JSON.parse(stdout) as JsonObject;
  };

  it("deploys, and a project that was not deployed is told as such", async () => {
    const early = await latchkey(["run", "hello", '{"name":"Sam"}']);
    expect([early.exitCode, early.stderr.includes("PROJECT_UNKNOWN"), early.stderr.includes("latchkey deploy")]).to.deep.equal([2, true, true]);
    const deployed = await latchkey(["deploy"]);
    expect(deployed.exitCode, deployed.stderr).to.equal(0);
    expect(deployed.stdout).to.include('of "hosted", and it is live');
    const listed = (await json("deployments", "list")) as unknown as readonly JsonObject[];
    expect(listed.map(({ live }) => live)).to.deep.equal([true]);
  });

  it("runs, shows the phases, and prints the same JSON as locally", async () => {
    const outcome = await latchkey(["run", "hello", '{"name":"Sam"}']);
    expect([outcome.exitCode, JSON.parse(outcome.stdout)]).to.deep.equal([0, { hello: "Sam" }]);
    expect(outcome.stderr).to.include("running the API").and.include("completed in");
    expect(await json("run", "hello", '{"name":"Sam"}')).to.include({ status: "completed", attempts: 1 }).and.have.all.keys("runId", "status", "result", "attempts", "durationMs");
    const failed = await latchkey(["run", "exits", "--retries", "1", "--json"]);
    expect([failed.exitCode, (JSON.parse(failed.stdout) as JsonObject)["attempts"]]).to.deep.equal([1, 2]);
    expect((JSON.parse(failed.stdout) as { error: { code: string } }).error.code).to.equal("CHILD_CRASHED");
    expect((await latchkey(["runs", "list", "--limit", "1"])).stdout).to.match(/api exits +failed .* s +CHILD_CRASHED/);
  });

  it("keeps logins there, answers their questions from here, and checks them", async () => {
    const created = await latchkey(["auth", "create", "sam", JSON.stringify({ ...ACCOUNT, url: site.url, otp: true })], { input: `${OTP}\n` });
    expect(created.exitCode, created.stderr).to.equal(0);
    expect(created.stdout).to.include('The auth session "sam" is ready.');
    expect((await latchkey(["auth", "show", "sam"])).stdout).to.include("ready").and.not.include(ACCOUNT.password);
    expect((await latchkey(["auth", "check", "sam"])).exitCode).to.equal(0);
    expect((await json("run", "whoami", "--auth-session", "sam"))["result"]).to.include({ user: "sam" });
    expect((await latchkey(["auth", "update", "sam", "sam.json"])).exitCode).to.equal(0);
    expect((await latchkey(["auth", "export", "sam", "--file", "state.json"])).exitCode).to.equal(0);
    expect(await readFile(join(project, "state.json"), "utf8")).to.include("token");
    expect((await latchkey(["auth", "delete", "sam", "--yes"])).exitCode).to.equal(0);
    expect((await latchkey(["auth", "list"])).stdout).to.include("There are no auth sessions yet");
  });

  it("cancels by Ctrl-C, and by its id", async () => {
    const running = startCli(project, ["run", "loops"], { env: remote() });
    await running.told("starting the browser");
    running.child.kill("SIGINT");
    const { exitCode, stderr } = await running.done;
    expect([exitCode, stderr.includes("CANCELED")]).to.deep.equal([130, true]);
    const list = (await json("runs", "list", "--limit", "1")) as unknown as readonly JsonObject[];
    expect(list[0]).to.include({ status: "canceled" });
    const late = await latchkey(["runs", "cancel", "last"]);
    expect([late.exitCode, late.stderr.includes("RUN_ENDED")]).to.deep.equal([2, true]);
    const again = await latchkey(["runs", "retry", "last"]);
    expect(again.exitCode, again.stderr).to.equal(0);
    expect((await latchkey(["runs", "cancel", "last"])).exitCode).to.equal(0);
  });

  it("sets environment variables from standard input, and never shows them", async () => {
    expect((await latchkey(["env", "set", "SHOP_TOKEN", "-"], { input: "tok-from-stdin\n" })).exitCode).to.equal(0);
    const { stdout } = await latchkey(["env", "list"]);
    expect(stdout).to.include("SHOP_TOKEN").and.not.include("tok-from-stdin");
    expect((await json("run", "keeps", '{"key":"x"}'))["result"]).to.include({ env: "tok-from-stdin" });
    const reserved = await latchkey(["env", "set", "NODE_OPTIONS", "--inspect"]);
    expect(reserved.exitCode).to.equal(2);
    expect((await latchkey(["env", "delete", "SHOP_TOKEN"])).exitCode).to.equal(0);
  });

  it("refuses a second server on the same data, and a process with another seal key; the first goes on", async () => {
    const second = await latchkey(["serve", "--port", "0"]);
    expect([second.exitCode, second.stderr.includes("DATA_IN_USE")], second.stderr).to.deep.equal([4, true]);
    const stranger = await latchkey(["worker"], { env: { LATCHKEY_SEAL_KEY: Buffer.alloc(32, 7).toString("base64") } });
    expect([stranger.exitCode, stranger.stderr.includes("SEAL_KEY_MISMATCH")], stranger.stderr).to.deep.equal([4, true]);
    expect((await json("run", "hello", '{"name":"Sam"}'))["result"]).to.deep.equal({ hello: "Sam" });
  });

  const wrong: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>, number, string])[] = [
    ["no server there", ["runs", "list"], { LATCHKEY_SERVER: "http://127.0.0.1:9" }, 4, "SERVER_UNREACHABLE"],
    ["no key", ["runs", "list"], { LATCHKEY_API_KEY: "" }, 2, "UNAUTHORIZED"],
    ["a wrong key", ["runs", "list"], { LATCHKEY_API_KEY: "lk_wrong" }, 2, "UNAUTHORIZED"],
    ["an address that is none", ["runs", "list", "--server", "localhost"], {}, 2, "USAGE"],
    ["another workspace", ["runs", "list"], { LATCHKEY_WORKSPACE: "0198c1f2-0000-7000-8000-000000000000" }, 2, "WORKSPACE_NOT_FOUND"],
    ["an unknown run", ["runs", "show", "0198c1f2-0000-7000-8000-000000000000"], {}, 2, "RUN_NOT_FOUND"],
    ["an unknown deployment", ["deployments", "activate", "nothing"], {}, 2, "DEPLOYMENT_NOT_FOUND"],
    ["a rollback with nothing before", ["deployments", "rollback"], {}, 2, "DEPLOYMENT_NOT_FOUND"],
    ["a window", ["run", "hello", '{"name":"x"}', "--headful"], {}, 2, "USAGE"],
    ["a key for a project that is not there", ["keys", "create", "x", "--only-project", "nowhere"], {}, 2, "PROJECT_UNKNOWN"],
    ["a life that is none", ["keys", "create", "x", "--expires", "soon"], {}, 2, "USAGE"],
    ["a port that is none", ["serve", "--port", "70000"], {}, 2, "USAGE"],
    ["no slots", ["worker", "--slots", "0"], {}, 2, "USAGE"],
    ["a worker without a database", ["worker"], { LATCHKEY_DATA_DIR: "nowhere" }, 4, "DATABASE_FAILED"],
    ["a database that is not there", ["serve", "--port", "0"], { DATABASE_URL: "postgres://sam:geheim@127.0.0.1:9/x" }, 4, "STORE_UNAVAILABLE"],
    ["a database address that is none", ["serve"], { DATABASE_URL: "mysql://x" }, 2, "SETTINGS_INVALID"],
  ];
  describe("with wrong input says what and what next:", () => {
    for (const [what, args, env, exitCode, code] of wrong) {
      it(what, async () => {
        const outcome = await latchkey(args, { env });
        expect([outcome.exitCode, outcome.stderr.includes(code)], outcome.stderr).to.deep.equal([exitCode, true]);
        expect(outcome.stderr).to.include("→").and.not.match(/geheim|\bat \S+ \(/);
      });
    }
  });
});

describe("latchkey dev", function () {
  this.timeout(120_000);

  it("serves the project, and what is saved is live at once; what does not build leaves the last one live", async () => {
    await using site = await startHosted({ slots: 0, project: null });
    const project = join(site.dir, "my-project");
    // One API: each save derives the schemas of what has changed.
    await cp(join(PROJECTS_DIR, "hosted"), project, { recursive: true, filter: (path) => !/api\/(?!hello)\w+\.ts$/.test(path) });
    const dev = startCli(project, ["dev", "--port", "0"], { env: { XDG_CONFIG_HOME: site.env["XDG_CONFIG_HOME"] ?? "" } });
    await dev.told("Watching");
    const url = await untilTold(dev, /listens on (\S+)/);
    const key = await untilTold(dev, /(lk_\S+)/);
    const say = async (): Promise<unknown> => JSON.parse((await runCli(project, ["run", "hello", '{"name":"Sam"}'], { env: { LATCHKEY_SERVER: url, LATCHKEY_API_KEY: key } })).stdout);
    expect(await say()).to.deep.equal({ hello: "Sam" });
    const source = await readFile(join(project, "api/hello.ts"), "utf8");
    await writeFile(join(project, "api/hello.ts"), source.replace("hello: name", "hello: `dear ${name}`"));
    await untilTold(dev, /Watching[\s\S]*live: /);
    expect(await say()).to.deep.equal({ hello: "dear Sam" });
    await writeFile(join(project, "api/hello.ts"), "export default async function (");
    await untilTold(dev, /BUILD_FAILED/);
    expect(await say()).to.deep.equal({ hello: "dear Sam" });
    dev.child.kill("SIGINT");
    expect((await dev.done).exitCode).to.equal(0);
  });
});

/** Standard error of the command, as soon as it has what is wanted. */
async function untilTold(command: ReturnType<typeof startCli>, pattern: RegExp): Promise<string> {
  for (;;) {
    const found = pattern.exec(command.stderr());
    if (found !== null) return found[1] ?? found[0];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
