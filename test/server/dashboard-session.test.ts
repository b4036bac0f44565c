import { expect } from "chai";
import { startHosted, type Answer, type Hosted } from "../support/hosted.ts";
import type { JsonObject } from "../../runtime/model/json.ts";

const codeOf = ({ body }: Answer): unknown => (body["details"] as JsonObject | undefined)?.["code"];
const FROM_DASHBOARD = { "x-latchkey-dashboard": "1" };

describe("signing in to the dashboard", () => {
  let hosted: Hosted;
  before(async () => {
    hosted = await startHosted({ slots: 0 });
  });
  after(() => hosted[Symbol.asyncDispose]());

  /** A request as a browser makes it: no key. */
  const ask = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => hosted.request(method, path, body, { "x-api-key": "", ...headers });
  const signIn = async (key = hosted.key): Promise<{ readonly answer: Answer; readonly cookie: string }> => {
    const answer = await ask("POST", "/session", { key }, FROM_DASHBOARD);
    return { answer, cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
  };

  it("takes an API key once, and gives a cookie that no script can read and no other site can send", async () => {
    const { answer, cookie } = await signIn();
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    expect(answer.body).to.include({ workspaceId: hosted.workspaceId, name: "first key", scope: "admin", project: null });
    expect(answer.headers.get("set-cookie")).to.match(/; HttpOnly/).and.match(/; SameSite=Strict/);
    expect(JSON.stringify(answer.body)).to.not.include(cookie.split("=")[1]);
    expect((await ask("GET", "/session", undefined, { cookie })).body).to.deep.equal(answer.body);
    expect((await ask("GET", "runs", undefined, { cookie })).status).to.equal(200);
    expect((await ask("GET", "~/keys", undefined, { cookie })).status).to.equal(200);
  });

  it("is secure where a reverse proxy ends TLS", async () => {
    const answer = await ask("POST", "/session", { key: hosted.key }, { ...FROM_DASHBOARD, "x-forwarded-proto": "https" });
    expect(answer.headers.get("set-cookie")).to.match(/; Secure/);
  });

  it("lets nothing be changed by a page of another site", async () => {
    const { cookie } = await signIn();
    const change = (headers: Readonly<Record<string, string>>): Promise<Answer> => ask("PUT", "env/SHOP", { value: "x" }, { cookie, ...headers });
    for (const headers of [{}, { ...FROM_DASHBOARD, origin: "https://evil.test" }, { ...FROM_DASHBOARD, origin: "null" }, { ...FROM_DASHBOARD, origin: hosted.url.replace(/:\d+$/, ":1") }]) {
      const answer = await change(headers);
      expect([answer.status, codeOf(answer)], JSON.stringify(headers)).to.deep.equal([403, "CROSS_SITE"]);
    }
    expect((await change({ ...FROM_DASHBOARD, origin: hosted.url })).status).to.be.below(300);
    expect(codeOf(await ask("POST", "/session", { key: hosted.key }))).to.equal("CROSS_SITE");
  });

  it("ends when it is told to, and with its key", async () => {
    const { cookie } = await signIn();
    expect((await ask("DELETE", "/session", undefined, { cookie, ...FROM_DASHBOARD })).status).to.equal(204);
    expect(codeOf(await ask("GET", "runs", undefined, { cookie }))).to.equal("UNAUTHORIZED");
    const { body } = await hosted.request("POST", "~/keys", { name: "short", scope: "run" });
    const other = await signIn(String(body["key"]));
    expect((await ask("GET", "runs", undefined, { cookie: other.cookie })).status).to.equal(200);
    expect(codeOf(await ask("GET", "~/keys", undefined, { cookie: other.cookie }))).to.equal("FORBIDDEN");
    await hosted.request("DELETE", `~/keys/${String(body["id"])}`);
    expect(codeOf(await ask("GET", "runs", undefined, { cookie: other.cookie }))).to.equal("UNAUTHORIZED");
  });

  it("keeps neither key nor cookie in a log, and notes who signed in", async () => {
    const { cookie } = await signIn();
    expect(hosted.log()).to.not.include(cookie.split("=")[1]).and.not.include(hosted.key);
    const { body } = await hosted.request("GET", "~/audit");
    expect((body["entries"] as readonly JsonObject[])[0]).to.include({ action: "dashboard.sign-in", actor: "first key" });
  });

  it("slows down whoever guesses", async () => {
    const answers = await Promise.all(Array.from({ length: 80 }, async () => (await signIn("lk_guess")).answer.status));
    expect(answers).to.include(401).and.include(429);
    expect((await signIn()).answer.status).to.equal(200);
  });
});
