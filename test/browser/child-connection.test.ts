import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, BrowserContext, Page, Target } from "puppeteer-core";
import type { LeasedContext } from "../../runtime/model/browser.ts";
import { until } from "../support/processes.ts";
import { startSite, type TestServer } from "../support/tcp-servers.ts";
import { openTestLease, VIEWPORT, type TestLease } from "../support/test-lease.ts";

const PAGES: Readonly<Record<string, string>> = {
  "/": "<title>start</title><button onclick=\"window.open('/popup')\">open</button>",
  "/popup": "<title>popup</title>",
  "/blank": "<title>blank</title>",
  "/worker": "<title>worker</title><script>new Worker('/worker.js').onmessage = (event) => (document.title = event.data)</script>",
  "/worker.js": "postMessage('from the worker')",
};

describe("the child's connection to a leased Chrome", function () {
  this.timeout(30_000);
  let site: TestServer;
  let test: TestLease;
  let leased: LeasedContext;
  let child: Browser;
  let childContext: BrowserContext;

  before(async () => {
    site = await startSite((request, response) => {
      const path = request.url ?? "/";
      if (path === "/file") return void response.writeHead(200, { "content-disposition": "attachment; filename=report.txt" }).end("report");
      if (path === "/frames") return void response.writeHead(200, { "content-type": "text/html" }).end(`<title>frames</title><iframe src="http://localhost:${site.port}/blank"></iframe>`);
      response.writeHead(PAGES[path] === undefined ? 404 : 200, { "content-type": path.endsWith(".js") ? "text/javascript" : "text/html" }).end(PAGES[path] ?? "");
    });
    test = await openTestLease();
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    leased = await test.openContext();
    // Afterwards, as in a run: Puppeteer learns of contexts when it connects.
    child = await test.connectChild();
  });
  afterEach(async () => {
    await child.disconnect();
    await leased[Symbol.asyncDispose]();
  });

  const url = (path: string): string => `http://127.0.0.1:${site.port}${path}`;
  /** A page of the parent, and the child's view of it. */
  const handOver = async (): Promise<{ readonly ours: Page; readonly theirs: Page }> => {
    const ours = await leased.context.newPage();
    const marker = `about:blank#${crypto.randomUUID()}`;
    await ours.goto(marker);
    const target = await child.waitForTarget((candidate) => candidate.url() === marker);
    childContext = target.browserContext();
    const theirs = await target.page();
    if (theirs === null) throw new Error("the target is no page");
    return { ours, theirs };
  };

  it("drives a page that the parent drives too", async () => {
    const { ours, theirs } = await handOver();
    await theirs.goto(url("/"));
    expect(await ours.title()).to.equal("start");
    await ours.goto(url("/popup"));
    expect(await theirs.title()).to.equal("popup");
    expect(childContext.id).to.equal(leased.id);
    expect(await theirs.evaluate(() => [innerWidth, innerHeight])).to.deep.equal([VIEWPORT.width, VIEWPORT.height]);
  });

  it("opens pages in the context that it was given", async () => {
    await handOver();
    const page = await childContext.newPage();
    await page.goto(url("/popup"));
    await until(async () => (await leased.context.pages()).some((candidate) => candidate.url() === url("/popup")));
    await page.close();
  });

  it("gets popups, and so does the parent", async () => {
    const { ours, theirs } = await handOver();
    await theirs.goto(url("/"));
    const [popup, ourPopup] = await Promise.all([new Promise<Page | null>((resolve) => theirs.once("popup", resolve)), new Promise<Page | null>((resolve) => ours.once("popup", resolve)), theirs.click("button")]);
    await until(async () => (await popup?.title()) === "popup" && (await ourPopup?.title()) === "popup");
  });

  it("sees into iframes of other sites, and so does the parent", async () => {
    const { ours, theirs } = await handOver();
    await theirs.goto(url("/frames"));
    for (const page of [theirs, ours]) {
      const frame = await page.waitForFrame((candidate) => candidate.url().startsWith("http://localhost"));
      expect(await frame.evaluate(() => `${document.title} at ${location.hostname}`)).to.equal("blank at localhost");
    }
  });

  it("sees workers run", async () => {
    const { theirs } = await handOver();
    await theirs.goto(url("/worker"));
    await theirs.waitForFunction(() => document.title === "from the worker");
    expect(theirs.workers()).to.have.length(1);
  });

  it("intercepts requests", async () => {
    const { ours, theirs } = await handOver();
    await theirs.setRequestInterception(true);
    theirs.on("request", (request) => void (request.url() === url("/blank") ? request.respond({ contentType: "text/html", body: "<title>mine</title>" }) : request.continue()));
    await theirs.goto(url("/blank"));
    expect(await ours.title()).to.equal("mine");
  });

  it("is told of a document that it intercepts only when the gate of its own context opens", async () => {
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<string>();
    const { theirs } = await handOver();
    leased.setInterceptGate((at) => {
      asked.resolve(at);
      return gate.promise;
    });
    await using other = await test.openContext();
    other.setInterceptGate(() => Promise.reject(new Error("the gate of another context")));
    other.setInterceptGate(null);
    const seen: string[] = [];
    await theirs.setRequestInterception(true);
    theirs.on("request", (request) => {
      seen.push(request.url());
      void request.continue();
    });
    const going = theirs.goto(url("/"));
    expect(await asked.promise).to.equal(url("/"));
    expect(seen).to.deep.equal([]);
    gate.resolve();
    await going;
    expect(seen).to.include(url("/"));
  });

  it("goes on when a gate fails", async () => {
    const { theirs } = await handOver();
    leased.setInterceptGate(() => Promise.reject(new Error("could not restore")));
    await theirs.setRequestInterception(true);
    theirs.on("request", (request) => void request.continue());
    await theirs.goto(url("/"));
    expect(await theirs.title()).to.equal("start");
  });

  it("downloads files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    try {
      const { theirs } = await handOver();
      const session = await theirs.createCDPSession();
      await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, browserContextId: leased.id });
      await theirs.goto(url("/"));
      await theirs.evaluate(() => void (location.href = "/file"));
      const file = join(folder, "report.txt");
      await until(async () => existsSync(file) && (await readFile(file, "utf8")) === "report");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("never learns of a hidden page or its frames, however many pages open meanwhile", async () => {
    const { theirs } = await handOver();
    const told: string[] = [];
    const note = (target: Target): void => void told.push(`${target.type()} ${target.url()}`);
    for (const browser of [child, test.lease.browser]) browser.on("targetcreated", note).on("targetchanged", note);
    const raw = await child.target().createCDPSession();
    for (const event of ["Target.targetCreated", "Target.targetInfoChanged", "Target.targetDestroyed", "Target.attachedToTarget"] as const) raw.on(event, (params) => void told.push(JSON.stringify(params)));
    await raw.send("Target.setDiscoverTargets", { discover: true, filter: [{}] });
    const [hidden] = await Promise.all([leased.hiddenPage(), childContext.newPage(), leased.context.newPage(), childContext.newPage(), theirs.goto(url("/"))]);
    const { targetInfo } = await hidden.session.send("Target.getTargetInfo");
    await hidden.session.send("Page.enable");
    const loaded = new Promise((resolve) => hidden.session.on("Page.loadEventFired", resolve));
    await hidden.session.send("Page.navigate", { url: url("/frames") });
    await loaded;
    const { targetInfos } = await raw.send("Target.getTargets", { filter: [{}] });
    const refused = await raw.send("Target.attachToTarget", { targetId: targetInfo.targetId, flatten: true }).catch((error: Error) => error.message);
    await hidden[Symbol.asyncDispose]();
    // By the time that a later page is there, all that is ever told of the hidden one has been told.
    await (await childContext.newPage()).close();
    expect(JSON.stringify([targetInfos, told])).to.not.include(targetInfo.targetId).and.not.include("/frames").and.not.include("/blank");
    expect(told.length).to.be.greaterThan(3);
    expect(refused).to.include("No target with given id found");
    for (const browser of [child, test.lease.browser]) browser.off("targetcreated", note).off("targetchanged", note);
    await raw.detach();
  });

  it("is not let near the browser itself", async () => {
    const session = await child.target().createCDPSession();
    for (const method of ["Target.attachToBrowserTarget", "Target.exposeDevToolsProtocol", "Target.setRemoteLocations"]) {
      const refused = await session.send(method as never).catch((error: Error) => error.message);
      expect(refused).to.include("is not allowed here");
    }
    await session.detach();
  });

  it("ends only itself when it closes the browser", async () => {
    const other = await test.connectChild();
    await other.close();
    expect(test.lease.browser.connected).to.equal(true);
    await handOver();
  });

  it("gets no answer to what is no command, and nothing breaks", async () => {
    const { transport } = await test.lease.openChildTransport();
    const answers: string[] = [];
    transport.onmessage = (message) => void answers.push(message);
    for (const garbage of ["", "{", "null", "[]", '{"id":"1","method":"Browser.getVersion"}', '{"id":1}', '{"id":2,"method":"Browser.getVersion","sessionId":7}']) transport.send(garbage);
    transport.send('{"id":3,"method":"Browser.getVersion","sessionId":"of somebody else"}');
    transport.send('{"id":4,"method":"Browser.getVersion"}');
    await until(() => answers.length === 2);
    expect(answers.map((answer) => (JSON.parse(answer) as { error?: { message: string } }).error?.message ?? "")).to.deep.equal(["Session with given id not found.", ""]);
    transport.close();
  });

  it("makes contexts whose traffic goes through the proxy, whatever proxy it asks for", async () => {
    const context = await child.createBrowserContext({ proxyServer: "direct://" });
    const before = leased.report().connections;
    const page = await context.newPage();
    await page.goto(url("/"));
    expect(leased.report().connections).to.be.greaterThan(before);
    await context.close();
  });
});
