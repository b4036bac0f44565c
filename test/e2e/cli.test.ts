import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ACCOUNT, OTP, startLoginSite, type LoginSite } from "../fixtures/login-site.ts";
import { PROJECTS_DIR } from "../support/test-project.ts";
import { runCli, startCli, type CliOutcome } from "./cli-process.ts";

describe("the command line", function () {
  this.timeout(90_000);
  let dir: string;
  let site: LoginSite;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    await cp(join(PROJECTS_DIR, "login-site"), dir, { recursive: true });
    await cp(join(PROJECTS_DIR, "misbehaving", "api", "loops-for-ever.ts"), join(dir, "api", "public", "loops-for-ever.ts"));
    site = await startLoginSite();
    await writeFile(join(dir, "sam.json"), JSON.stringify({ url: site.url, ...ACCOUNT }));
  });
  after(async () => {
    await site[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });
  const latchkey = (...args: string[]): Promise<CliOutcome> => runCli(dir, args);

  describe("with wrong input says what and what next", () => {
    const cases: readonly (readonly [string, readonly string[], number, string, string])[] = [
      ["no command", [], 2, "USAGE", "--help"],
      ["an unknown command", ["runn"], 2, "USAGE", "Did you mean run"],
      ["an unknown option", ["run", "public/title", "--tracee"], 2, "USAGE", "tracee"],
      ["an unknown API", ["run", "public/titel"], 2, "API_NOT_FOUND", 'Did you mean "public/title"?'],
      ["parameters that are no JSON", ["run", "public/title", "{url"], 2, "INVALID_JSON", "not valid JSON"],
      ["parameters that do not fit", ["run", "public/title", '{"url": 7}'], 2, "PARAMS_INVALID", "url must be a string"],
      ["a mistyped parameter", ["run", "public/title", '{"ulr": "http://a"}'], 2, "PARAMS_INVALID", "did you mean url?"],
      ["a parameters file that is not there", ["run", "public/title", "@nowhere.json"], 2, "FILE_NOT_FOUND", "nowhere.json"],
      ["a timeout that is none", ["run", "public/title", "{}", "--timeout", "soon"], 2, "USAGE", "600s"],
      ["retries that are no number", ["run", "public/title", "{}", "--retries", "many"], 2, "USAGE", "--retries"],
      ["a proxy that is none", ["run", "public/title", '{"url": "http://a"}', "--proxy", "ftp://a"], 2, "PROXY_INVALID", "ftp:"],
      ["no auth session", ["run", "whoami"], 3, "AUTH_SESSION_REQUIRED", "latchkey auth create"],
      ["an unknown auth session", ["run", "whoami", "--auth-session", "nobody"], 3, "AUTH_SESSION_NOT_FOUND", "nobody"],
      ["an id with path characters", ["auth", "show", "../../etc/passwd"], 2, "INVALID_ID", "cannot be the id"],
      ["an id that is too short", ["auth", "create", "ab", "{}"], 2, "INVALID_ID", "3 to 128"],
      ["auth check of nobody", ["auth", "check", "nobody"], 3, "AUTH_SESSION_NOT_FOUND", "nobody"],
      ["auth update of nobody", ["auth", "update", "nobody"], 3, "AUTH_SESSION_NOT_FOUND", "nobody"],
      ["auth delete of nobody", ["auth", "delete", "nobody", "--yes"], 3, "AUTH_SESSION_NOT_FOUND", "nobody"],
      ["auth export without a file", ["auth", "export", "sam"], 2, "USAGE", "file"],
      ["auth import of a file that is no state", ["auth", "import", "sam", "--file", "sam.json"], 2, "STATE_INVALID", "cookies"],
      ["auth record without an address", ["auth", "record", "sam"], 2, "USAGE", "--start-url"],
      ["an unknown run", ["runs", "show", "ffffffff"], 2, "RUN_NOT_FOUND", "latchkey runs list"],
      ["logs of an unknown run", ["runs", "logs", "ffffffff"], 2, "RUN_NOT_FOUND", "latchkey runs list"],
      ["runs list with a limit that is none", ["runs", "list", "--limit", "0"], 2, "USAGE", "--limit"],
      ["init in a folder with files", ["init", "."], 2, "TARGET_EXISTS", "empty"],
      ["an unknown template", ["init", "new", "--template", "nope"], 2, "USAGE", "nope"],
      ["a folder that is no project", ["run", "x", "--project", "/"], 2, "PROJECT_NOT_FOUND", "latchkey init"],
    ];
    for (const [what, args, exitCode, code, words] of cases) {
      it(what, async () => {
        const outcome = await latchkey(...args);
        expect(outcome, outcome.stderr).to.include({ exitCode, stdout: "" });
        expect(outcome.stderr).to.include(`error ${code}: `).and.include(words).and.include("→");
        expect(outcome.stderr, "no stack trace").to.not.match(/\n\s+at .*\.ts:\d+/);
      });
    }

    it("in JSON too, as exactly one document", async () => {
      const { stdout, exitCode } = await latchkey("run", "nothing", "--json");
      expect(JSON.parse(stdout)).to.have.nested.property("error.code", "API_NOT_FOUND");
      expect(exitCode).to.equal(2);
    });

    it("with no browser on the machine", async () => {
      const outcome = await runCli(dir, ["run", "public/title", JSON.stringify({ url: site.url })], { env: { LATCHKEY_BROWSER: "/nowhere/chrome" } });
      expect(outcome.exitCode).to.equal(4);
      expect(outcome.stderr).to.include("BROWSER_NOT_FOUND").and.include("/nowhere/chrome");
    });

    it("with a proxy that cannot be reached", async () => {
      const outcome = await latchkey("run", "public/title", JSON.stringify({ url: site.url }), "--proxy", "http://sam:hidden-word@127.0.0.1:1");
      expect(outcome.exitCode, outcome.stderr).to.equal(4);
      const strict = await runCli(dir, ["auth", "create", "proxied", "@sam.json", "--proxy", "http://sam:hidden-word@127.0.0.1:1"]);
      expect(strict.exitCode, strict.stderr).to.equal(4);
      expect(strict.stderr).to.include("PROXY_UNREACHABLE").and.not.include("hidden-word");
    });
  });

  for (const args of [["--help"], ["init", "--help"], ["doctor", "--help"], ["run", "--help"], ["build", "--help"], ["auth", "--help"], ...["create", "check", "update", "show", "list", "delete", "record", "export", "import"].map((name) => ["auth", name, "--help"]), ...["list", "show", "logs"].map((name) => ["runs", name, "--help"])]) {
    it(`explains itself: latchkey ${args.join(" ")}`, async () => {
      const { stdout, exitCode } = await latchkey(...args);
      expect(exitCode).to.equal(0);
      expect(stdout).to.include("--json");
      if (args.length > 1) expect(stdout).to.include("Examples:");
    });
  }

  it("leads from a login to a result: create, run, show, check, update, delete", async () => {
    expect((await latchkey("auth", "create", "sam", "@sam.json")).stdout).to.equal('The auth session "sam" is ready.\n');
    const run = await latchkey("run", "whoami", "--auth-session", "sam", "--json", "--trace");
    const document = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(document).to.include({ status: "completed", attempts: 1 });
    expect(document["result"]).to.have.property("user", "sam");
    expect(document["authSession"]).to.deep.equal({ id: "sam", recreated: false });
    expect(run.stderr).to.include("***").and.not.include(ACCOUNT.password);
    const shown = await latchkey("runs", "show", "last");
    const trace = /trace\s+(\S+)/.exec(shown.stdout)?.[1] ?? "";
    expect(await readdir(trace)).to.include.members(["trace.har", "console.jsonl", "errors.jsonl", "timeline.json", "index.json", "screenshots"]);
    expect((await latchkey("runs", "logs", "last")).stdout).to.include("the password is ***");
    expect((await latchkey("auth", "show", "sam")).stdout).to.include("ready").and.not.include(ACCOUNT.password);
    expect((await latchkey("auth", "check", "sam")).exitCode).to.equal(0);
    expect((await latchkey("auth", "update", "sam")).exitCode).to.equal(0);
    expect((await latchkey("auth", "list", "--json")).stdout).to.include('"sam"');
    expect((await latchkey("auth", "delete", "sam", "--yes")).exitCode).to.equal(0);
    expect((await latchkey("auth", "list")).stdout).to.include("There are no auth sessions yet");
  });

  it("carries a login out and in again; an imported one is checked first", async () => {
    await latchkey("auth", "create", "traveller", "@sam.json");
    const file = join(dir, "state.json");
    expect((await latchkey("auth", "export", "traveller", "--file", file)).exitCode).to.equal(0);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect((await latchkey("auth", "export", "traveller", "--file", file)).stderr).to.include("TARGET_EXISTS");
    expect(JSON.parse(await readFile(file, "utf8"))).to.have.nested.property("cookies[0].name", "token");
    // The fixture's check reads the site's address from the parameters, which an imported login has not.
    const imported = await latchkey("auth", "import", "arrived", "--file", file);
    expect(imported.exitCode).to.equal(3);
    expect((await latchkey("auth", "list")).stdout).to.not.include("arrived");
  });

  it("takes credentials from standard input, and answers to questions too", async () => {
    const fromInput = await runCli(dir, ["auth", "create", "piped", "-"], { input: JSON.stringify({ url: site.url, ...ACCOUNT }) });
    expect(fromInput.exitCode, fromInput.stderr).to.equal(0);
    await writeFile(join(dir, "otp.json"), JSON.stringify({ url: site.url, ...ACCOUNT, otp: true }));
    const asked = await runCli(dir, ["auth", "create", "asked", "@otp.json"], { input: `${OTP}\n` });
    expect(asked.exitCode, asked.stderr).to.equal(0);
    const unanswered = await runCli(dir, ["auth", "create", "unanswered", "@otp.json"]);
    expect(unanswered.exitCode).to.equal(3);
    expect(unanswered.stderr).to.include("PROMPT_TIMED_OUT");
  });

  it("lets a person log in step by step where there is no window", async () => {
    const project = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    await cp(dir, project, { recursive: true });
    await writeFile(join(project, "auth-sessions", "check.ts"), `import type { Page } from "latchkey";\nexport default async function check(page: Page): Promise<boolean> {\n  await page.goto("${site.url}/home");\n  return (await page.$("#user")) !== null;\n}\n`);
    const recorded = await runCli(project, ["auth", "record", "byhand", "--start-url", `${site.url}/login`, "--finish-url", `${site.url}/home`, "--terminal"], { input: `1=${ACCOUNT.username}\n2=${ACCOUNT.password}\n3\ndone\n` });
    expect(recorded.exitCode, recorded.stderr).to.equal(0);
    expect(recorded.stderr).to.not.include(ACCOUNT.password);
    const imported = await runCli(project, ["auth", "export", "byhand", "--file", "byhand.json"]);
    expect(imported.exitCode).to.equal(0);
    expect((await runCli(project, ["auth", "import", "again", "--file", "byhand.json"])).exitCode).to.equal(0);
    await rm(project, { recursive: true, force: true });
  });

  it("makes one login for two commands at once", async () => {
    await latchkey("auth", "create", "shared", "@sam.json");
    site.endLogins();
    const before = site.logins;
    const outcomes = await Promise.all([1, 2].map(() => runCli(dir, ["run", "whoami", "--auth-session", "shared"], { env: { LATCHKEY_AUTH_SESSIONS_MODE: "shared" } })));
    expect(outcomes.map(({ exitCode }) => exitCode)).to.deep.equal([0, 0]);
    expect(site.logins - before).to.equal(1);
  });

  it("is canceled by Ctrl-C, and cleans up", async () => {
    const running = startCli(dir, ["run", "public/loops-for-ever"]);
    await running.told("starting the browser");
    running.child.kill("SIGINT");
    const { exitCode, stderr } = await running.done;
    expect(exitCode, stderr).to.equal(130);
    expect(stderr).to.include("CANCELED");
  });

  it("leaves nothing behind when it is killed with SIGKILL", async () => {
    // A temporary folder of its own shows what is this command's.
    const temporary = join(dir, "tmp");
    await mkdir(temporary);
    const running = startCli(dir, ["run", "public/loops-for-ever"], { env: { TMPDIR: temporary } });
    await running.told("starting the browser");
    expect((await readdir(temporary)).filter((name) => name.startsWith("latchkey-profile-"))).to.have.length(1);
    expect(await processesWith(temporary)).to.not.deep.equal([]);
    running.child.kill("SIGKILL");
    await running.done;
    const isClean = async (): Promise<boolean> => (await readdir(temporary)).length === 0 && (await processesWith(temporary)).length === 0;
    while (!(await isClean())) await new Promise((resolve) => setImmediate(resolve));
    expect((await latchkey("runs", "list")).stdout).to.include("lost");
  });

  it("tells a lost key from a wrong one, and never makes a new session of it", async () => {
    const keyFile = join(dir, ".config", "latchkey", "seal.key");
    await latchkey("auth", "create", "sealed", "@sam.json");
    expect((await stat(keyFile)).mode & 0o777).to.equal(0o600);
    const wrong = await runCli(dir, ["run", "whoami", "--auth-session", "sealed"], { env: { LATCHKEY_SEAL_KEY: Buffer.alloc(32, 1).toString("base64") } });
    expect(wrong.stderr).to.include("SEAL_KEY_MISMATCH");
    expect(wrong.exitCode).to.equal(4);
    const lost = await runCli(dir, ["run", "whoami", "--auth-session", "sealed"], { env: { LATCHKEY_SEAL_KEY_FILE: join(dir, "gone.key") } });
    expect(lost.stderr).to.include("SEAL_KEY_MISSING");
    expect(lost.exitCode).to.equal(4);
  });

  it("completes names of APIs and auth sessions", async () => {
    expect((await latchkey("--get-yargs-completions", "run", "")).stdout).to.include("public/title");
    expect((await latchkey("--get-yargs-completions", "auth", "")).stdout).to.include("create");
    expect((await latchkey("completion")).stdout).to.include("complete -o default");
  });
});

/** Processes whose environment or command line names the folder. */
async function processesWith(folder: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => ((await Promise.all(["environ", "cmdline"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")))).join("").includes(folder) ? pid : null)));
  return found.filter((pid) => pid !== null);
}
