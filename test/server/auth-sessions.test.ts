import { expect } from "chai";
import { setTimeout as delay } from "node:timers/promises";
import type { JsonObject } from "../../runtime/model/json.ts";
import { ACCOUNT, OTP, startLoginSite, type LoginSite } from "../fixtures/login-site.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";
import { startReceiver } from "../support/receiver.ts";
import { mistakesIn } from "./wire-contract.ts";

const SETTINGS = (webhook: string): string => JSON.stringify({ name: "hosted", authSessions: { createAttempts: 1, checkAttempts: 1, attentionWebhookUrl: webhook, apis: [{ pattern: "whoami", auth: "required" }, { pattern: "*", auth: "none" }] } });

describe("auth sessions over HTTP", () => {
  let hosted: Hosted;
  let site: LoginSite;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  before(async () => {
    receiver = await startReceiver();
    hosted = await startHosted({ slots: 3, settings: SETTINGS(receiver.url) });
    site = await startLoginSite();
  });
  after(async () => {
    await hosted[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  const credentials = (): JsonObject => ({ ...ACCOUNT, url: site.url });
  const operation = async (path: string, result: string, body: unknown, status = 201): Promise<JsonObject> => {
    const started = await hosted.request("POST", `auth-sessions/${path}`, body);
    expect(started.status, JSON.stringify(started.body)).to.equal(status);
    const operationId = String(started.body["operationId"]);
    for (;;) {
      const { body: answer } = await hosted.request("GET", `auth-sessions/${result.replace("OP", operationId)}`);
      expect(mistakesIn("operationResult", answer)).to.deep.equal([]);
      if (answer["status"] !== "pending" && answer["status"] !== "in_progress") return answer;
      await delay(50);
    }
  };
  const create = (id: string, parameters = credentials()): Promise<JsonObject> => operation("create", "create/OP/result", { id, parameters });
  const whoami = async (id: string): Promise<JsonObject> => hosted.ended(await hosted.start("whoami", {}, { authSession: { id }, retry: { maximumAttempts: 1 } }));

  it("are created, read, used, validated, updated and deleted as the contract says", async () => {
    const created = hosted.request("POST", "auth-sessions/create", { id: "sam-1", parameters: credentials() });
    expect(mistakesIn("operationStarted", (await created).body)).to.deep.equal([]);
    const { body: pending } = await hosted.request("GET", "auth-sessions/sam-1");
    expect(mistakesIn("authSession", pending)).to.deep.equal([]);
    const operationId = String((await created).body["operationId"]);
    await hosted.ended(operationId);
    expect((await hosted.request("GET", `auth-sessions/create/${operationId}/result`)).body).to.deep.equal({ status: "done", authSessionId: "sam-1" });
    const { body: all } = await hosted.request("GET", "auth-sessions");
    expect((all as unknown as readonly JsonObject[]).flatMap((one) => mistakesIn("authSession", one))).to.deep.equal([]);
    expect((await whoami("sam-1"))["result"]).to.include({ user: "sam" });
    const validating = await hosted.request("POST", "auth-sessions/sam-1/validate/start");
    expect(mistakesIn("validateStarted", validating.body)).to.deep.equal([]);
    expect(await operation("sam-1/validate/start", "sam-1/validate/OP/result", {})).to.deep.equal({ status: "done", authSessionId: "sam-1" });
    expect(await operation("sam-1/update", "sam-1/update/OP/result", { parameters: credentials() })).to.deep.equal({ status: "done", authSessionId: "sam-1" });
    expect((await hosted.request("DELETE", "auth-sessions/sam-1")).status).to.equal(204);
    const gone = await hosted.request("GET", "auth-sessions/sam-1");
    expect([gone.status, mistakesIn("apiError", gone.body)]).to.deep.equal([404, []]);
  });

  it("whose login died are logged in again once, for all runs that find it so at the same time", async () => {
    await create("sam-2");
    expect((await hosted.request("PATCH", "auth-sessions/sam-2", { mode: "shared" })).body).to.deep.include({ options: { checkEveryMs: null, mode: "shared" } });
    const before = site.logins;
    site.endLogins();
    const results = await Promise.all([1, 2, 3].map(() => whoami("sam-2")));
    expect(results.map(({ status }) => status)).to.deep.equal(["completed", "completed", "completed"]);
    expect(site.logins - before).to.equal(1);
  });

  it("in exclusive mode serve one run at a time, on whatever slot", async () => {
    await create("sam-3");
    const runs = await Promise.all([1, 2, 3].map(() => hosted.start("whoami", {}, { authSession: { id: "sam-3" } })));
    const ended = await Promise.all(runs.map((runId) => hosted.until(runId, ({ status }) => status === "completed")));
    const spans = ended.map(({ startedAt, endedAt }) => [Date.parse(String(startedAt)), Date.parse(String(endedAt))] as const).sort(([a], [b]) => a - b);
    for (const [index, [startedAt]] of spans.entries()) expect(startedAt).to.be.at.least(spans[index - 1]?.[1] ?? 0);
  });

  it("that ask for a code tell so, and go on with the answer of the older contract too", async () => {
    const { body } = await hosted.request("POST", "auth-sessions/create", { id: "sam-4", parameters: { ...credentials(), otp: true } });
    const operationId = String(body["operationId"]);
    await hosted.until(operationId, ({ status }) => status === "awaiting-input");
    const asked = (await hosted.request("GET", `auth-sessions/create/${operationId}/result`)).body;
    expect(mistakesIn("operationResult", asked)).to.deep.equal([]);
    const { id, details } = asked["requestedMoreInfo"] as { id: string; details: JsonObject };
    expect(details).to.deep.include({ action: "request_more_info", requestType: "otp", messageToUser: "Code from the e-mail" });
    const resumed = await hosted.request("POST", `auth-sessions/create/${operationId}/resume`, { info_request_id: id, input: OTP });
    expect([resumed.status, resumed.body]).to.deep.equal([202, { status: "resumed" }]);
    expect(await hosted.ended(operationId)).to.include({ status: "completed" });
  });

  it("stay in use while an update waits for a person", async () => {
    await create("sam-10");
    const { body } = await hosted.request("POST", "auth-sessions/sam-10/update", { parameters: { ...credentials(), otp: true } });
    const operationId = String(body["operationId"]);
    await hosted.until(operationId, ({ status }) => status === "awaiting-input");
    expect((await whoami("sam-10"))["status"]).to.equal("completed");
    await hosted.request("POST", `runs/${operationId}/cancel`);
    expect(await hosted.ended(operationId)).to.include({ status: "canceled" });
    expect((await whoami("sam-10"))["status"]).to.equal("completed");
  });

  it("with wrong credentials log in once, and never by themselves; a webhook tells", async () => {
    await create("sam-5");
    const bad = await operation("sam-5/update", "sam-5/update/OP/result", { parameters: { ...credentials(), password: "wrong-password" } });
    expect(bad).to.include({ status: "failed" });
    expect(((bad["error"] as JsonObject)["details"] as JsonObject)["code"]).to.equal("INVALID_CREDENTIALS");
    expect((await whoami("sam-5"))["status"], "the old login stays in use").to.equal("completed");
  });

  it("that need attention refuse runs at once, show as EXPIRED, and a webhook tells", async () => {
    await create("sam-6", { ...credentials(), password: ACCOUNT.password });
    site.endLogins();
    site.refuseLogins(true);
    const before = site.logins;
    expect((await whoami("sam-6"))["status"]).to.equal("failed");
    expect(site.logins - before).to.equal(1);
    const second = await whoami("sam-6");
    expect((((second["error"] as JsonObject)["details"]) as JsonObject)["code"]).to.equal("AUTH_SESSION_NEEDS_ATTENTION");
    expect(site.logins - before).to.equal(1);
    site.refuseLogins(false);
    const { body } = await hosted.request("GET", "auth-sessions/sam-6");
    expect(body).to.include({ status: "EXPIRED" }).and.have.nested.property("details.status", "needs-attention");
    const told = await receiver.next(({ type }) => type === "auth-session.needs-attention");
    expect(told).to.deep.include({ project: { id: (told["project"] as JsonObject)["id"], name: "hosted" }, authSession: { id: "sam-6" } });
    const { body: history } = await hosted.request("GET", "auth-sessions/sam-6/history");
    expect((history["history"] as readonly JsonObject[]).map(({ event }) => event)).to.include.members(["created", "needs-attention"]);
  });

  it("are checked ahead of need, so that a run finds the login mended", async () => {
    await create("sam-7");
    site.endLogins();
    const before = site.logins;
    await hosted.request("PATCH", "auth-sessions/sam-7", { checkEveryMs: 10_000 });
    const runs = async (): Promise<readonly JsonObject[]> => (await hosted.request("GET", "runs?authSessionId=sam-7&status=completed")).body["runs"] as readonly JsonObject[];
    for (let found = false; !found; await delay(200)) found = (await runs()).some(({ origin }) => origin === "check");
    expect(site.logins - before).to.equal(1);
    expect((await whoami("sam-7"))["status"]).to.equal("completed");
    expect(site.logins - before).to.equal(1);
  }).timeout(90_000);

  it("for one run alone are made and forgotten", async () => {
    const before = site.logins;
    const result = await hosted.ended(await hosted.start("whoami", {}, { authSession: { runtimeInput: credentials() } }));
    expect(result["result"]).to.include({ user: "sam" });
    expect(site.logins - before).to.equal(1);
    expect(JSON.stringify((await hosted.request("GET", "auth-sessions")).body)).to.not.include("runtime");
  });

  it("are carried out and in again, and every reveal is in the audit log", async () => {
    await create("sam-8");
    const { body: state } = await hosted.request("POST", "auth-sessions/sam-8/export");
    expect(state["cookies"]).to.have.length.above(0);
    const { status, body } = await hosted.request("POST", "auth-sessions/import", { id: "sam-9", state });
    expect(status).to.equal(201);
    // An imported login has no parameters, and this project's check needs the address that is in them.
    expect(await hosted.ended(String(body["operationId"]))).to.include({ status: "failed" });
    const { body: audit } = await hosted.request("GET", "~/audit?limit=200");
    expect((audit["entries"] as readonly JsonObject[]).map(({ action, subject }) => `${String(action)} ${String(subject)}`)).to.include.members(["auth-session.export hosted/sam-8", "auth-session.create hosted/sam-8", "auth-session.delete hosted/sam-1"]);
  });

  it("never show a secret: not in answers, events, logs, or the database's files", async () => {
    const pages = await Promise.all(["auth-sessions", "runs?limit=200", "prompts"].map(async (path) => JSON.stringify((await hosted.request("GET", path)).body)));
    const runs = (await hosted.request("GET", "runs?limit=200")).body["runs"] as readonly JsonObject[];
    const details = await Promise.all(runs.flatMap(({ runId }) => [`runs/${String(runId)}`, `runs/${String(runId)}/logs`, `run/${String(runId)}/result`]).map(async (path) => JSON.stringify((await hosted.request("GET", path)).body)));
    const shown = [...pages, ...details, hosted.log()].join("\n");
    for (const secret of [ACCOUNT.password, "wrong-password", ...site.tokens, hosted.key]) expect(shown.includes(secret), secret.slice(0, 3)).to.equal(false);
    expect(await filesWith(hosted.dir, [ACCOUNT.password, hosted.key])).to.deep.equal([]);
  });
});

async function filesWith(dir: string, secrets: readonly string[]): Promise<readonly string[]> {
  const { execFile } = await import("node:child_process");
  const { promisify } = await import("node:util");
  const found = await promisify(execFile)("grep", ["-rlaF", ...secrets.flatMap((secret) => ["-e", secret]), `${dir}/data`]).catch((thrown: { readonly stdout: string }) => thrown);
  return found.stdout.split("\n").filter((line) => line !== "");
}
