import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { expect } from "chai";
import type { RunOutcome } from "../../runtime/model/run.ts";
import { openTestProject, type TestProject } from "../support/test-project.ts";

const SHORT_MS = 4_000;

describe("author code that misbehaves", function () {
  this.timeout(60_000);
  let project: TestProject;
  before(async () => (project = await openTestProject("misbehaving")));
  after(() => project[Symbol.asyncDispose]());
  afterEach("nothing is left behind", async () => {
    const runIds = project.events.flatMap((event) => (event.type === "run-started" ? [event.runId] : []));
    for (const runId of runIds) expect(await processesWith(`LATCHKEY_ATTEMPT=${runId}`)).to.deep.equal([]);
  });

  const run = (name: string, timeoutMs = 30_000): Promise<RunOutcome> => project.api(name, {}, { timeoutMs });

  it("throws: the error names the author's own line", async () => {
    const { error } = await run("throws");
    expect(error).to.include({ code: "API_FAILED", message: "the author's code is broken", where: "api/throws.ts:2:9" });
  });

  it("throws a text: it becomes the message", async () => {
    expect((await run("throws-a-string")).error).to.include({ code: "API_FAILED", message: "just text" });
  });

  it("exits", async () => {
    const { error } = await run("exits");
    expect(error).to.have.property("code", "CHILD_CRASHED");
    expect(error?.message).to.include("exit code 7");
  });

  it("floods stdout: the run goes on and the log is cut", async () => {
    const outcome = await run("floods-stdout");
    expect(outcome).to.include({ status: "completed", result: "flooded" });
    const logged = project.events.filter((event) => event.type === "log");
    expect(logged.some(({ message }) => message.includes("the rest of its output is dropped"))).to.equal(true);
    expect(logged.length).to.be.lessThan(100);
  });

  it("allocates objects without bound", async () => {
    expect((await run("allocates-heap")).error).to.have.property("code", "CHILD_OUT_OF_MEMORY");
  });

  it("allocates buffers without bound, which no heap limit counts", async () => {
    expect((await run("allocates-buffers")).error).to.have.property("code", "CHILD_OUT_OF_MEMORY");
  });

  it("loops for ever: it is killed at the deadline", async () => {
    const outcome = await run("loops-for-ever", SHORT_MS);
    expect(outcome.error).to.have.property("code", "RUN_TIMED_OUT");
    expect(outcome.attempts[0]?.ladder).to.deep.equal(["asked", "SIGTERM"]);
  });

  it("never resolves: asking is enough", async () => {
    const outcome = await run("never-resolves", SHORT_MS);
    expect(outcome.error).to.have.property("code", "RUN_TIMED_OUT");
    expect(outcome.attempts[0]?.ladder).to.deep.equal(["asked"]);
  });

  it("ignores SIGTERM: it is killed", async () => {
    const outcome = await run("ignores-sigterm", SHORT_MS);
    expect(outcome.error).to.have.property("code", "RUN_TIMED_OUT");
    expect(outcome.attempts[0]?.ladder).to.deep.equal(["asked", "SIGTERM", "SIGKILL"]);
  });

  it("leaves timers: the run completes all the same", async () => {
    expect(await run("leaves-timers")).to.include({ status: "completed", result: "returned" });
  });

  it("leaves a process in a session of its own: it is found and killed", async () => {
    const { result } = await run("leaves-a-process");
    expect(result).to.be.a("number");
    expect(await isRunning(Number(result))).to.equal(false);
  });

  it("opens many pages", async () => {
    expect(await run("opens-many-pages")).to.include({ status: "completed", result: 13 });
  });

  it("crashes the page", async () => {
    expect((await run("crashes-the-page", 20_000)).error).to.have.property("code", "PAGE_CRASHED");
  });

  it("crashes the browser", async () => {
    expect((await run("crashes-the-browser", 20_000)).error).to.have.property("code", "BROWSER_CRASHED");
  });

  it("closes the browser by habit: the run completes", async () => {
    expect(await run("closes-the-browser")).to.include({ status: "completed", result: 'closed after ""' });
  });

  it("lets the page loop for ever: it ends at the deadline", async () => {
    expect((await run("page-loops", SHORT_MS)).error).to.have.property("code", "RUN_TIMED_OUT");
  });

  it("returns a function: its place is named", async () => {
    const { error } = await run("returns-a-function");
    expect(error).to.have.property("code", "RESULT_NOT_JSON");
    expect(error?.message).to.include("result.items[0].when");
  });

  it("returns too much", async () => {
    expect((await run("returns-too-much")).error).to.have.property("code", "RESULT_TOO_LARGE");
  });

  it("forges messages of the runtime: they are not believed", async () => {
    expect(await run("forges-messages")).to.include({ status: "completed", result: "honest" });
  });

  it("reads the environment: it holds nothing of the one who started the run", async () => {
    process.env["LATCHKEY_TEST_CANARY"] = "visible";
    const { result } = await run("reads-the-environment");
    delete process.env["LATCHKEY_TEST_CANARY"];
    expect(result).to.include("PATH").and.not.include("LATCHKEY_TEST_CANARY");
  });

  it("is canceled while it loops", async () => {
    const controller = new AbortController();
    const running = project.api("loops-for-ever", {}, { signal: controller.signal });
    const seen = (): boolean => project.events.at(-1)?.type === "phase-started" && project.events.at(-1)?.type !== undefined && JSON.stringify(project.events.at(-1)).includes('"api"');
    while (!seen()) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await running).to.include({ status: "canceled" });
  });
});

async function processesWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const environments = await Promise.all(pids.map(async (pid) => [pid, await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")] as const));
  return environments.filter(([, environment]) => environment.includes(text)).map(([pid]) => pid);
}

/** A zombie that nobody has reaped is not running. */
async function isRunning(pid: number): Promise<boolean> {
  if (!existsSync(`/proc/${pid}`)) return false;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}
