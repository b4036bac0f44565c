import { expect } from "chai";
import type { JsonObject } from "../../runtime/model/json.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startHosted, type Answer, type Hosted } from "../support/hosted.ts";
import { otherWorkspace } from "../support/other-workspace.ts";

const codeOf = ({ body }: Answer): unknown => (body["details"] as JsonObject | undefined)?.["code"];

describe("keys and workspaces", () => {
  let hosted: Hosted;
  before(async () => {
    hosted = await startHosted({ slots: 1 });
  });
  after(() => hosted[Symbol.asyncDispose]());

  const makeKey = async (body: JsonObject): Promise<{ readonly id: string; readonly key: string }> => {
    const answer = await hosted.request("POST", "~/keys", body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return { id: String(answer.body["id"]), key: String(answer.body["key"]) };
  };
  const as = (key: string, method: string, path: string, body?: unknown): Promise<Answer> => hosted.request(method, path, body, { "x-api-key": key });

  it("let nobody in without a valid key, and tell all failures alike", async () => {
    for (const key of ["", "lk_wrong", "x".repeat(5_000)]) {
      const answer = await as(key, "GET", "runs");
      expect([answer.status, codeOf(answer)]).to.deep.equal([401, "UNAUTHORIZED"]);
    }
    expect((await hosted.request("GET", "runs", undefined, { "x-api-key": "", authorization: `Bearer ${hosted.key}` })).status).to.equal(200);
  });

  it("do no more than their scope, and nothing after they were revoked or have expired", async () => {
    const run = await makeKey({ name: "runs only", scope: "run" });
    expect((await as(run.key, "POST", "run/start", { api: "hello", parameters: { name: "x" } })).status).to.equal(201);
    for (const [method, path, body] of [["DELETE", "auth-sessions/x"], ["PUT", "env/A", { value: "x" }], ["GET", "~/keys"], ["POST", "~/projects", { name: "other" }], ["GET", "~/audit"], ["POST", "auth-sessions/x/export"]] as const) {
      const answer = await as(run.key, method, path, body);
      expect([answer.status, codeOf(answer)], path).to.deep.equal([403, "FORBIDDEN"]);
    }
    expect((await hosted.request("DELETE", `~/keys/${run.id}`)).status).to.equal(204);
    expect((await as(run.key, "GET", "runs")).status).to.equal(401);
    expect(codeOf(await hosted.request("POST", "~/keys", { name: "late", scope: "run", expiresAt: new Date(Date.now() - 1_000).toISOString() }))).to.equal("REQUEST_INVALID");
  });

  it("of one project see no other project", async () => {
    await hosted.request("POST", "~/projects", { name: "other" });
    const { key } = await makeKey({ name: "other only", scope: "deploy", project: "other" });
    for (const [method, path] of [["GET", "runs"], ["GET", "deployments"], ["GET", "env"], ["POST", "run/start"]] as const) {
      const answer = await as(key, method, path, method === "POST" ? { api: "hello", parameters: {} } : undefined);
      expect([answer.status, codeOf(answer)], path).to.deep.equal([404, "PROJECT_UNKNOWN"]);
    }
    expect((await as(key, "GET", "~/projects")).body["projects"]).to.have.length(1);
    expect((await as(key, "GET", "~/workers")).status).to.equal(403);
  });

  it("never lose the last one that can make keys", async () => {
    const { body } = await hosted.request("GET", "~/keys");
    const first = (body["keys"] as readonly JsonObject[]).find(({ scope, revokedAt }) => scope === "admin" && revokedAt === null);
    expect(codeOf(await hosted.request("DELETE", `~/keys/${String(first?.["id"])}`))).to.equal("LAST_ADMIN_KEY");
    expect(JSON.stringify(body)).to.not.include(hosted.key);
  });

  it("of another workspace reach nothing: no route tells whether anything is there", async () => {
    const runId = await hosted.start("keeps", { key: "tenancy", value: "mine" });
    await hosted.ended(runId);
    const stranger = await otherWorkspace(hosted);
    const openapi = (await hosted.request("GET", "/openapi.json")).body["paths"] as Record<string, Record<string, unknown>>;
    let tried = 0;
    for (const [path, operations] of Object.entries(openapi)) {
      if (!path.includes("{workspaceId}")) continue;
      const filled = path.replace("{workspaceId}", hosted.workspaceId).replace("{projectName}", "hosted").replace("{runId}", runId).replace("{*}", "files/note.txt").replaceAll(/\{\w+\}/g, runId);
      for (const method of Object.keys(operations)) {
        const upper = method.toUpperCase();
        const answer = await hosted.request(upper, `/${filled.replace(/^\//, "")}`, upper === "GET" || upper === "DELETE" ? undefined : {}, { "x-api-key": stranger });
        // A body that does not fit is told before anything is looked up; a link is let in by its signature alone, whoever's key comes along.
        expect(path.endsWith("/results.jsonl") ? [403] : [400, 404], `${upper} ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`).to.include(answer.status);
        expect(JSON.stringify(answer.body)).to.not.include("mine");
        tried += 1;
      }
    }
    expect(tried).to.be.greaterThan(35);
    const own = await hosted.request("GET", "/api/v1/workspace/default/projects", undefined, { "x-api-key": stranger });
    expect(own.body).to.deep.equal({ projects: [] });
  });

  it("answer below any prefix, as a reverse proxy or an older client's base URL puts it", async () => {
    for (const prefix of ["", "/api/v1/workspace", "/some/prefix", "/projects/odd"]) {
      const answer = await hosted.request("GET", `/${prefix}/${hosted.workspaceId}/projects/hosted/runs`.replaceAll(/\/+/g, "/").replace(/^/, ""));
      expect(answer.status, prefix).to.equal(200);
    }
  });

  it("slow down whoever guesses keys, and nobody else behind the same address", async () => {
    const guess = async (): Promise<number> => (await as("lk_guess", "GET", "runs")).status;
    const answers = await Promise.all(Array.from({ length: 80 }, guess));
    expect(answers).to.include(429);
    expect((await hosted.request("GET", "runs")).status).to.equal(200);
  });
});

describe("a hosted runtime's own commands", () => {
  it("make keys on the server's machine without one, rotate the seal key, and lose nothing by it", async () => {
    await using hosted = await startHosted({ slots: 1 });
    await hosted.request("PUT", "env/SHOP_TOKEN", { value: "tok-rotated" });
    const command = async (...args: string[]): Promise<string> => {
      const child = hosted.spawn(args);
      let out = "";
      child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
      await new Promise((resolve) => child.once("close", resolve));
      expect(child.exitCode, `${args.join(" ")}: ${hosted.log().slice(-500)}`).to.equal(0);
      return out;
    };
    const { key } = JSON.parse(await command("keys", "create", "spare", "--scope", "admin", "--json")) as { key: string };
    expect((await hosted.request("GET", "~/keys", undefined, { "x-api-key": key })).status).to.equal(200);
    const keyFile = join(hosted.dir, ".config", "latchkey", "seal.key");
    const old = await readFile(keyFile, "utf8");
    expect((JSON.parse(await command("keys", "rotate-seal", "--json")) as { rewrapped: number }).rewrapped).to.be.greaterThan(0);
    expect((await readFile(keyFile, "utf8")).split("\n").filter((line) => line !== "")).to.have.length(2);
    // The server and the worker still run with the old key in memory.
    expect((await hosted.ended(await hosted.start("keeps", { key: "a" })))["result"]).to.include({ env: "tok-rotated" });
    await command("keys", "rotate-seal", "--drop-old", "--json");
    expect(await readFile(keyFile, "utf8")).to.not.include(old.trim());
    expect((await hosted.ended(await hosted.start("keeps", { key: "a" })))["result"]).to.include({ env: "tok-rotated" });
  });
});
