import { createSocket } from "node:dgram";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { expect } from "chai";
import puppeteer, { type Browser, type BrowserContext, type Page } from "puppeteer-core";
import { findBrowser } from "../../runtime/browser/find-browser.ts";
import type { LeasedContext } from "../../runtime/model/browser.ts";
import { leaseForTest, type TestLease } from "../support/lease.ts";

describe("browser lease", function () {
  this.timeout(60_000);
  let test: TestLease;
  let leased: LeasedContext;
  let child: Browser;
  const site = createServer((request, response) => response.writeHead(200, { "content-type": "text/html" }).end(request.url === "/frame" ? "<p>inner</p>" : `<!doctype html><title>site</title><iframe src="http://localhost:${(site.address() as AddressInfo).port}/frame"></iframe>`));
  let url = "";
  before(async () => {
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    test = await leaseForTest();
    leased = await test.lease.openContext({ deadline: test.deadline, upstream: null });
    const { transport } = await test.lease.openChildTransport();
    child = await puppeteer.connect({ transport, defaultViewport: null });
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    site.closeAllConnections();
    site.close();
  });
  const childContext = (): BrowserContext => {
    const found = child.browserContexts().find(({ id }) => id === leased.id);
    if (found === undefined) throw new Error("the child does not see the context");
    return found;
  };

  it("can be driven by its owner and by author code at the same time: pages, frames of other sites, popups, workers", async () => {
    const page = await childContext().newPage();
    await page.goto(url);
    await page.waitForFrame((frame) => frame.url().includes("localhost"));
    const popup = new Promise<Page | null>((resolve) => page.once("popup", resolve));
    await page.evaluate((address) => void window.open(address), url);
    expect((await popup)?.url()).to.include(url);
    expect(await page.evaluate(() => new Promise((resolve) => (new Worker("data:text/javascript,postMessage(7)").onmessage = ({ data }) => resolve(data))))).to.equal(7);
    expect((await leased.context.pages()).map((seen) => seen.url())).to.include(`${url}/`);
  });

  it("hides our own pages from author code, also while it opens pages itself", async () => {
    const before = (await childContext().pages()).length;
    const [hidden] = await Promise.all([leased.hiddenPage(), childContext().newPage(), childContext().newPage()]);
    expect((await hidden.session.send("Runtime.evaluate", { expression: "40 + 2" })).result.value).to.equal(42);
    expect(await childContext().pages()).to.have.length(before + 2);
    const session = await child.target().createCDPSession();
    const { targetInfos } = await session.send("Target.getTargets");
    const { targetInfo } = await hidden.session.send("Target.getTargetInfo");
    expect(targetInfos.map(({ targetId }) => targetId)).to.not.include(targetInfo.targetId);
    const refused = await session.send("Target.attachToTarget", { targetId: targetInfo.targetId, flatten: true }).catch((error: Error) => error.message);
    expect(refused).to.include("No target with given id found");
    await hidden[Symbol.asyncDispose]();
  });

  it("does not let author code close the browser, or reach a session that is not its own", async () => {
    const session = await child.target().createCDPSession();
    expect(await session.send("Target.attachToBrowserTarget").catch((error: Error) => error.message)).to.include("not allowed");
    await session.send("Browser.close");
    expect(test.lease.browser.connected).to.equal(true);
    expect(await test.lease.browser.version()).to.include("Chrome");
  });

  it("sends no UDP around the proxy", async () => {
    const stun = createSocket("udp4");
    let packets = 0;
    stun.on("message", () => (packets += 1));
    await new Promise<void>((resolve) => stun.bind(0, "127.0.0.1", resolve));
    const page = await leased.context.newPage();
    await page.goto(url);
    await page.evaluate(async (port) => {
      const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${port}` }] });
      connection.createDataChannel("data");
      await connection.setLocalDescription(await connection.createOffer());
      await new Promise<void>((resolve) => {
        const check = (): void => {
          if (connection.iceGatheringState === "complete") resolve();
        };
        connection.onicegatheringstatechange = check;
        check();
      });
    }, stun.address().port);
    expect(packets).to.equal(0);
    await new Promise<void>((resolve) => stun.close(() => resolve()));
  });

  it("leaves nothing when it is disposed", async () => {
    const profiles = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("latchkey-profile-"));
    const before = profiles();
    const another = await leaseForTest();
    const { pid } = another.lease;
    const opened = await another.lease.openContext({ deadline: another.deadline, upstream: null });
    expect(profiles()).to.have.length(before.length + 1);
    await another[Symbol.asyncDispose]();
    expect(profiles()).to.deep.equal(before);
    expect(existsSync(`/proc/${pid ?? 0}`)).to.equal(false);
    expect(opened.report().failures).to.deep.equal([]);
  });

  it("tells when there is no browser, and the command that mends it", async () => {
    const error = await findBrowser({ headless: "shell", executablePath: "/nowhere" }, { environmentExecutable: null }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "BROWSER_NOT_FOUND");
    expect(error).to.have.property("message").that.includes("browser.executablePath");
  });

  it("prefers chromium-headless-shell, and takes the full Chrome when it is asked for", async () => {
    expect((await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: null })).kind).to.equal("shell");
    expect((await findBrowser({ headless: "new", executablePath: null }, { environmentExecutable: null })).kind).to.equal("chrome");
  });
});
