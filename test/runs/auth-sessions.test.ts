import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ACCOUNT, OTP, startLoginSite, type LoginSite } from "../fixtures/login-site.ts";
import { openTestProject, type TestProject } from "../support/test-project.ts";

describe("runs with an auth session", function () {
  this.timeout(60_000);
  let site: LoginSite;
  let project: TestProject;
  beforeEach(async () => {
    site = await startLoginSite();
    project = await openTestProject("login-site", { ask: () => Promise.resolve(OTP) });
  });
  afterEach(async () => {
    await project[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  const create = (id = "sam", change = {}) => project.auth({ kind: "auth-create", id }, { url: site.url, ...ACCOUNT, ...change });
  const whoami = (change = {}) => project.api("whoami", {}, { authSessionId: "sam", ...change });

  it("logs in once and acts as that user from then on", async () => {
    expect(await create()).to.have.property("status", "completed");
    const outcome = await whoami();
    expect(outcome.result).to.have.property("user", "sam");
    expect(outcome.authSession).to.deep.equal({ id: "sam", recreated: false });
    expect(site.logins).to.equal(1);
  });

  it("logs in again by itself when the login has died", async () => {
    await create();
    site.endLogins();
    const outcome = await whoami();
    expect(outcome.result).to.have.property("user", "sam");
    expect(outcome.authSession).to.deep.equal({ id: "sam", recreated: true });
    expect(site.logins).to.equal(2);
  });

  it("makes one login for many runs that find it dead at the same time", async () => {
    await create();
    site.endLogins();
    const shared = await openTestProject("login-site", { sharedDir: project.dir, overrides: { "authSessions.mode": "shared" } });
    const outcomes = await Promise.all([1, 2, 3].map(() => shared.api("whoami", {}, { authSessionId: "sam" })));
    await shared[Symbol.asyncDispose]();
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["completed", "completed", "completed"]);
    expect(site.logins).to.equal(2);
  });

  it("keeps tokens that the site rotates", async () => {
    await create();
    site.rotateTokens();
    for (let number = 1; number <= 3; number++) expect(await whoami()).to.have.property("status", "completed");
    expect(site.logins).to.equal(1);
  });

  it("does not log in again when the site cannot be reached", async () => {
    await create();
    site.setDown(true);
    const outcome = await whoami();
    site.setDown(false);
    expect(outcome.error).to.have.property("code", "NAVIGATION_FAILED");
    expect(site.logins).to.equal(1);
    expect(await whoami()).to.have.property("status", "completed");
  });

  it("never saves a login that does not survive a restore", async () => {
    const outcome = await create("nobody", { fault: "stays-logged-out" });
    expect(outcome.error).to.have.property("code", "AUTH_SESSION_CREATE_FAILED");
    expect(await project.open.authSessions.list()).to.deep.equal([]);
  });

  it("tries refused credentials once only", async () => {
    const outcome = await project.auth({ kind: "auth-create", id: "wrong" }, { url: site.url, username: "sam", password: "wrong-password" }, { maximumAttempts: 3 });
    expect(outcome.error).to.have.property("code", "INVALID_CREDENTIALS");
    expect(site.logins).to.equal(1);
  });

  it("keeps the old login when an update fails, and replaces it when it succeeds", async () => {
    await create();
    const failed = await project.auth({ kind: "auth-update", id: "sam", keepParameters: false, keepProxy: true }, { url: site.url, username: "sam", password: "wrong-password" });
    expect(failed.error).to.have.property("code", "INVALID_CREDENTIALS");
    expect(await whoami()).to.have.property("status", "completed");
    const updated = await project.auth({ kind: "auth-update", id: "sam", keepParameters: true, keepProxy: true });
    expect(updated).to.have.property("status", "completed");
    expect(site.logins).to.equal(3);
  });

  it("asks a human for a code", async () => {
    expect(await create("sam", { otp: true })).to.have.property("status", "completed");
    expect(project.events.filter(({ type }) => type === "prompt")).to.have.length(1);
  });

  it("refuses a run that names no auth session, or an unknown one", async () => {
    const codeOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => null, (thrown: { code?: unknown }) => thrown.code);
    expect(await codeOf(project.api("whoami"))).to.equal("AUTH_SESSION_REQUIRED");
    expect(await codeOf(project.api("whoami", {}, { authSessionId: "nobody" }))).to.equal("AUTH_SESSION_NOT_FOUND");
    expect(await codeOf(project.api("whoami", {}, { authSessionId: "../escape" }))).to.equal("INVALID_ID");
    expect(await codeOf(project.api("whoamy", {}, { authSessionId: "sam" }))).to.equal("API_NOT_FOUND");
    expect(await codeOf(create("create"))).to.equal("INVALID_ID");
  });

  it("saves files and downloads with the run, and lists extended payloads", async () => {
    const outcome = await project.api("public/download", { url: site.url });
    expect(outcome.files).to.deep.equal(["files/notes/hello.txt", "files/report.csv"]);
    expect(outcome.extendedPayloads).to.deep.equal([{ api: "public/title", parameters: { url: site.url } }]);
  });

  it("takes a picture of the page when a run fails, and says where it was", async () => {
    await create();
    const { attempts } = await project.api("fails", {}, { authSessionId: "sam" });
    expect(attempts[0]?.failure).to.include({ title: "Home", url: `${site.url}/home` });
    expect(attempts[0]?.failure?.screenshot).to.equal("attempt-1/failure.png");
  });

  it("writes no secret to disk and tells none, traces included", async () => {
    const created = await project.auth({ kind: "auth-create", id: "sam" }, { url: site.url, ...ACCOUNT }, { trace: true });
    expect(created).to.have.property("status", "completed");
    expect(await whoami({ trace: true })).to.have.property("status", "completed");
    expect((await project.api("fails", {}, { authSessionId: "sam", trace: true })).status).to.equal("failed");
    const secrets = [ACCOUNT.password, ...site.tokens];
    expect(secrets.length).to.be.greaterThan(1);
    for (const secret of secrets) expect(JSON.stringify(project.events)).to.not.include(secret);
    for (const file of await readdir(join(project.dir, ".latchkey"), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name));
      for (const secret of secrets) expect(bytes.includes(secret), `${file.name} holds a secret`).to.equal(false);
    }
  });
});
