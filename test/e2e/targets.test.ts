import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openTestProject, type TestProject } from "../support/test-project.ts";
import { NODE_RED_USER, startNodeRed } from "../targets/node-red.ts";
import { startVerdaccio, VERDACCIO_USER } from "../targets/verdaccio.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("real apps that are not ours", function () {
  this.timeout(180_000);

  it("Verdaccio: the sample project logs in, lists, publishes, and comes back from a dead login", async () => {
    const dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    for (const name of ["api", "auth-sessions", "latchkey.jsonc"]) await cp(join(ROOT, name), join(dir, name), { recursive: true });
    await using verdaccio = await startVerdaccio();
    const project: TestProject = await openTestProject("sample", { sharedDir: dir });
    const act = (name: string, parameters = {}) => project.api(name, parameters, { authSessionId: "demo" });
    const wrong = await project.auth({ kind: "auth-create", id: "wrong" }, { baseUrl: verdaccio.url, username: "demo", password: "not-it" });
    expect(wrong.error).to.have.property("code", "INVALID_CREDENTIALS");
    expect(await project.auth({ kind: "auth-create", id: "demo" }, { baseUrl: verdaccio.url, ...VERDACCIO_USER })).to.have.property("status", "completed");
    expect((await act("packages/list")).result).to.deep.equal([{ name: "left-pad", version: "1.3.0" }]);
    expect((await act("packages/publish", { name: "made-by-test", version: "1.0.0" })).result).to.include({ name: "made-by-test", shown: true });
    expect((await act("packages/details", { name: "made-by-test" })).result).to.include({ version: "1.0.0", description: "Published by Latchkey" });
    expect((await act("packages/details", { name: "nothing" })).error).to.include({ code: "RUN_ERROR", retriable: false });
    await verdaccio.endLogins();
    expect((await act("packages/list")).authSession).to.deep.equal({ id: "demo", recreated: true });
    await project[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  it("Node-RED: a token in localStorage survives from one browser to the next", async () => {
    await using nodeRed = await startNodeRed();
    await using project = await openTestProject("node-red");
    const created = await project.auth({ kind: "auth-create", id: "operator" }, { baseUrl: nodeRed.url, ...NODE_RED_USER });
    expect(created.error?.message, "create").to.equal(undefined);
    const outcome = await project.api("flows/list", {}, { authSessionId: "operator" });
    expect(outcome.result, outcome.error?.message).to.deep.include({ status: 200 });
    expect(outcome.authSession).to.deep.equal({ id: "operator", recreated: false });
  });
});
