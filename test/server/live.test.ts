import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import type { JsonObject } from "../../runtime/model/json.ts";
import { ACCOUNT, startLoginSite, type LoginSite } from "../fixtures/login-site.ts";
import { startGate } from "../support/gate.ts";
import { startHosted, type Answer, type Hosted } from "../support/hosted.ts";
import { connectLive, type LiveClient } from "../support/live-client.ts";
import { otherWorkspace } from "../support/other-workspace.ts";
import { connect, untilRows } from "../support/sql.ts";

/** A busy machine takes its time to derive schemas. */
const START_MS = 150_000;
const codeOf = ({ body }: Answer): unknown => (body["details"] as JsonObject | undefined)?.["code"];
const isState = (state: string) => (message: JsonObject): boolean => message["type"] === "state" && message["state"] === state;
const SETTINGS = (site: LoginSite): string => JSON.stringify({ name: "hosted", authSessions: { checkAttempts: 1, promptTimeoutMs: 3_000, startUrl: `${site.url}/login`, finish: { urlStartsWith: `${site.url}/home` }, apis: [{ pattern: "whoami", auth: "required" }, { pattern: "*", auth: "none" }] } });

/** Watches a run with a key. */
const watch = (hosted: Hosted, runId: string, key = hosted.key, more: Readonly<Record<string, string>> = {}): Promise<LiveClient> => connectLive(`${hosted.url}/api/v1/workspace/${hosted.workspaceId}/projects/hosted/runs/${runId}/live`, { "x-api-key": key, ...more });
const refusal = (connecting: Promise<LiveClient>): Promise<unknown> => connecting.then((client) => client[Symbol.dispose](), (thrown: Error) => thrown.message);

/** Logs in as a person does: looks, clicks, types. */
async function logIn(viewer: LiveClient): Promise<void> {
  await viewer.hears((message) => isState("live")(message) && message["title"] === "Login");
  await viewer.until("a first frame", () => viewer.frames.length > 0);
  viewer.click(60, 18);
  viewer.type(ACCOUNT.username);
  viewer.press("Tab");
  viewer.send({ type: "text", text: ACCOUNT.password });
  viewer.press("Enter", "\r");
}

describe("the live view", () => {
  let hosted: Hosted;
  let site: LoginSite;
  before(async function () {
    this.timeout(START_MS);
    hosted = await startHosted({ slots: 2 });
    site = await startLoginSite();
    await hosted.request("PUT", "env/SITE_URL", { value: site.url });
  });
  after(async () => {
    await hosted[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  it("shows a run that goes on, takes no input there, and costs nothing when nobody looks", async () => {
    await using gate = await startGate();
    await using page = await startPage(`<title>Moving</title><p id=n>0</p><script>let n = 0; setInterval(() => { document.querySelector("#n").textContent = ++n; }, 30);</script><script src="${gate.url}"></script>`);
    const runId = await hosted.start("visits", { url: page.url });
    await gate.arrived(1);
    const viewer = await watch(hosted, runId);
    await viewer.until("frames", () => viewer.frames.length >= 5);
    for (const frame of viewer.frames) expect(frame.subarray(0, 3).toString("hex")).to.equal("ffd8ff");
    const state = await viewer.hears((message) => isState("live")(message) && Number(message["width"]) > 0);
    expect(state).to.include({ interactive: false, url: page.url });
    viewer.send({ type: "mouse", event: "pressed", x: 5, y: 5, button: "left" });
    expect((await viewer.hears(({ type }) => type === "problem"))["code"]).to.equal("NOT_INTERACTIVE");
    viewer.send({ type: "mouse", event: "sideways" });
    await viewer.hears(({ code }) => code === "REQUEST_INVALID");
    viewer[Symbol.dispose]();
    await using client = await connect(hosted);
    // Nobody is left, and soon no frame is made any more.
    await untilRows(client, "select 1 from latchkey.live_viewers", 0);
    const numbers = async (): Promise<unknown> => (await client.query("select last_value from latchkey.live_numbers")).rows[0];
    let before = await numbers();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const now = await numbers();
      if (JSON.stringify(now) === JSON.stringify(before)) break;
      before = now;
    }
    const again = await watch(hosted, runId);
    await again.until("frames again", () => again.frames.length >= 2);
    gate.open();
    await again.hears(isState("ended"));
    await again.closed;
    expect((await hosted.ended(runId))["result"]).to.equal("Moving");
    await untilRows(client, "select 1 from latchkey.live_frames", 0);
  });

  it("records a login that a person makes in it, and shows nobody what was typed", async () => {
    const started = await hosted.request("POST", "auth-sessions/record", { id: "by-hand", startUrl: `${site.url}/login` });
    expect([started.status, started.body["status"], started.body["link"]], JSON.stringify(started.body)).to.deep.equal([202, "pending", null]);
    const runId = String(started.body["operationId"]);
    const viewer = await watch(hosted, runId);
    await hosted.until(runId, ({ status }) => status === "awaiting-input");
    await logIn(viewer);
    await viewer.hears(({ title }) => title === "Home");
    viewer.send({ type: "key", event: "down", key: "a", code: "KeyA", modifiers: 2 });
    viewer.send({ type: "copy" });
    expect((await viewer.hears(({ type }) => type === "clipboard"))["text"]).to.include(ACCOUNT.username);
    viewer.send({ type: "finish" });
    await viewer.hears(isState("ended"));
    const details = await hosted.until(runId, ({ status }) => status === "completed");
    expect(details).to.include({ kind: "auth-record", status: "completed" });
    expect((await hosted.request("GET", `auth-sessions/record/${runId}/result`)).body).to.deep.equal({ status: "done", authSessionId: "by-hand" });
    expect((await hosted.request("GET", "auth-sessions/by-hand")).body).to.include({ status: "READY", type: "RECORDER" });
    const ran = await hosted.ended(await hosted.start("whoami", {}, { authSession: { id: "by-hand" } }));
    expect(ran["result"]).to.include({ user: ACCOUNT.username });
    expect(hosted.log()).to.not.include(ACCOUNT.password);
    expect(await filesWith(hosted.dir, ACCOUNT.password)).to.deep.equal([]);
    const { body: audit } = await hosted.request("GET", "~/audit");
    expect(JSON.stringify(audit)).to.include("auth-session.record");
  });

  it("is canceled by the person", async () => {
    const { body } = await hosted.request("POST", "auth-sessions/record", { id: "given-up", startUrl: `${site.url}/login` });
    const runId = String(body["operationId"]);
    const viewer = await watch(hosted, runId);
    await viewer.hears(isState("live"));
    viewer.send({ type: "cancel" });
    await viewer.hears(isState("ended"));
    await hosted.until(runId, ({ status }) => status === "canceled");
  });

  it("lets in only who may see the run", async () => {
    await using gate = await startGate();
    const runId = await hosted.start("holds", { gate: gate.url });
    await gate.arrived(1);
    expect(await refusal(watch(hosted, runId, await otherWorkspace(hosted)))).to.equal("404");
    expect(await refusal(watch(hosted, runId, "lk_wrong"))).to.equal("401");
    expect(await refusal(watch(hosted, runId.replace(/^.{8}/, "00000000")))).to.equal("404");
    const plain = await hosted.request("GET", `runs/${runId}/live`);
    expect([plain.status, codeOf(plain)]).to.deep.equal([400, "REQUEST_INVALID"]);
    // A key is no cookie: the page that has it may be anywhere.
    (await watch(hosted, runId, hosted.key, { origin: "https://elsewhere.example" }))[Symbol.dispose]();
    gate.open();
    await hosted.ended(runId);
  });
});

describe("a link to a recording", () => {
  let hosted: Hosted;
  let site: LoginSite;
  before(async function () {
    this.timeout(START_MS);
    site = await startLoginSite();
    hosted = await startHosted({ slots: 2, settings: SETTINGS(site) });
    await hosted.request("PUT", "env/SITE_URL", { value: site.url });
  });
  after(async () => {
    await hosted[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  /** A request without a key. */
  const visit = async (method: string, path: string, { cookie, body, origin }: { readonly cookie?: string; readonly body?: object; readonly origin?: string } = {}): Promise<Answer> => {
    const response = await fetch(`${hosted.url}${path}`, { method, headers: { ...(cookie !== undefined && { cookie }), ...(origin !== undefined && { origin }), ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: response.status, headers: response.headers, body: (await response.json()) as JsonObject };
  };
  const tokenOf = (link: unknown): string => String((link as JsonObject)["url"]).split("/record/")[1] ?? "";

  it("is good once, for that one recording, and ends with it", async () => {
    const { body } = await hosted.request("POST", "auth-sessions/record", { id: "by-link", link: {} });
    const runId = String(body["operationId"]);
    const token = tokenOf(body["link"]);
    expect(token).to.match(/^[\w-]{43}$/);
    expect(codeOf(await visit("POST", "/recording", { body: { token }, origin: "https://elsewhere.example" }))).to.equal("CROSS_SITE");
    const exchanged = await visit("POST", "/recording", { body: { token }, origin: hosted.url });
    expect([exchanged.status, exchanged.body["authSession"], exchanged.body["project"]], JSON.stringify(exchanged.body)).to.deep.equal([200, "by-link", "hosted"]);
    const header = exchanged.headers.get("set-cookie") ?? "";
    expect(header).to.include("; HttpOnly").and.include("; SameSite=Strict").and.include("; Path=/recording");
    const [cookie = ""] = header.split(";");
    expect(codeOf(await visit("POST", "/recording", { body: { token } }))).to.equal("LINK_USED");
    expect(codeOf(await visit("POST", "/recording", { body: { token: "x".repeat(43) } }))).to.equal("LINK_EXPIRED");
    for (const path of ["runs", `runs/${runId}`, "auth-sessions", `runs/${runId}/events`]) expect((await visit("GET", `/api/v1/workspace/default/projects/hosted/${path}`, { cookie })).status, path).to.equal(401);
    expect(await refusal(connectLive(`${hosted.url}/api/v1/workspace/default/projects/hosted/runs/${runId}/live`, { cookie }))).to.equal("401");
    expect(await refusal(connectLive(`${hosted.url}/recording/live`, { cookie, origin: "https://elsewhere.example" }))).to.equal("403");
    expect((await visit("GET", "/recording")).status).to.equal(401);
    const viewer = await connectLive(`${hosted.url}/recording/live`, { cookie, origin: hosted.url });
    await viewer.hears(isState("live"));
    expect((await visit("GET", "/recording", { cookie })).body).to.include({ authSession: "by-link", project: "hosted" });
    // The finish condition of the settings holds as soon as the site lets the person in.
    await logIn(viewer);
    await viewer.hears(isState("ended"));
    await hosted.until(runId, ({ status }) => status === "completed");
    expect((await visit("GET", "/recording", { cookie })).body).to.deep.equal({ authSession: "by-link", project: "hosted", status: "completed" });
    expect(await refusal(connectLive(`${hosted.url}/recording/live`, { cookie }))).to.equal("409");
    expect((await hosted.request("POST", `auth-sessions/record/${runId}/link`)).status).to.equal(409);
    await using client = await connect(hosted);
    expect((await client.query("select encode(hash, 'escape') as hash from latchkey.recording_links")).rows[0]).to.not.deep.include({ hash: token });
    expect(hosted.log()).to.not.include(token);
    expect(hosted.log()).to.not.include(ACCOUNT.password);
  });

  it("can be made later, and a recording that nobody looks at ends by itself", async () => {
    const { body } = await hosted.request("POST", "auth-sessions/record", { id: "nobody" });
    const runId = String(body["operationId"]);
    const later = await hosted.request("POST", `auth-sessions/record/${runId}/link`, { expiresInMs: 60_000 });
    expect(later.status).to.equal(201);
    expect(tokenOf(later.body)).to.not.equal("");
    const details = await hosted.until(runId, ({ status }) => status === "failed");
    expect(JSON.stringify(details)).to.include("RECORDING_ABANDONED");
  });
});

/** Names of the files below a folder that have the text in them. */
async function filesWith(dir: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const found = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry) => ((await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0))).includes(text) ? join(entry.parentPath, entry.name) : null)));
  return found.filter((name) => name !== null);
}

/** A site of one page. */
async function startPage(html: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end(html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
