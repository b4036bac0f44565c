import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import puppeteer, { type Page } from "puppeteer-core";
import { findBrowser } from "../../runtime/browser/find-browser.ts";
import { LatchkeyError } from "../../runtime/model/errors.ts";
import { processesWith, until } from "../support/processes.ts";
import { startSite, type TestServer } from "../support/tcp-servers.ts";
import { openTestLease, VIEWPORT } from "../support/test-lease.ts";
import { openTunnel } from "../support/through-proxy.ts";

describe("a leased Chrome", function () {
  this.timeout(60_000);
  let site: TestServer;
  let temporary: string;
  before(async () => {
    temporary = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    site = await startSite((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<title>site</title>"));
  });
  after(async () => {
    await site[Symbol.asyncDispose]();
    await rm(temporary, { recursive: true, force: true });
  });

  const url = (): string => `http://127.0.0.1:${site.port}/`;
  const failureOf = async (opening: Promise<AsyncDisposable>): Promise<LatchkeyError> => {
    try {
      await using _opened = await opening;
    } catch (thrown) {
      if (thrown instanceof LatchkeyError) return thrown;
      throw thrown;
    }
    throw new Error("it opened");
  };
  const script = async (name: string, text: string): Promise<string> => {
    const file = join(temporary, name);
    await writeFile(file, `#!/bin/sh\n${text}\n`);
    await chmod(file, 0o755);
    return file;
  };
  const commandLine = async (pid: number | null): Promise<string> => readFile(`/proc/${pid ?? 0}/cmdline`, "utf8");
  const profileOf = async (pid: number | null): Promise<string> => /--user-data-dir=([^\0]*)/.exec(await commandLine(pid))?.[1] ?? "none";

  for (const headless of ["shell", "new"] as const) {
    it(`goes through its listener, which counts bytes, and leaves nothing when it is disposed (${headless})`, async () => {
      const test = await openTestLease({ headless });
      const profile = await profileOf(test.lease.pid);
      const leased = await test.openContext();
      const page = await leased.context.newPage();
      await page.goto(url());
      expect(await page.title()).to.equal("site");
      const report = leased.report();
      expect(report.connections).to.be.greaterThan(0);
      expect(report.receivedBytes).to.be.greaterThan(100);
      const listener = /--proxy-server=([^\0]*)/.exec(await commandLine(test.lease.pid))?.[1] ?? "";
      expect((await openTunnel(listener, `127.0.0.1:${site.port}`)).status).to.equal(200);
      expect(await processesWith(profile)).to.not.deep.equal([]);
      await Promise.all([test[Symbol.asyncDispose](), test[Symbol.asyncDispose]()]);
      await until(async () => (await processesWith(profile)).length === 0);
      expect(await readdir(profile).catch((error: NodeJS.ErrnoException) => error.code)).to.equal("ENOENT");
      expect((await openTunnel(listener, `127.0.0.1:${site.port}`)).status).to.equal(null);
    });
  }

  it("has the settings everywhere, also in popups", async () => {
    await using test = await openTestLease({ userAgent: "Latchkey Test 1.0", locale: "de-DE", timezone: "Asia/Tokyo" });
    const leased = await test.openContext();
    const page = await leased.context.newPage();
    await page.goto(url());
    const [popup] = await Promise.all([new Promise<Page | null>((resolve) => page.once("popup", resolve)), page.evaluate((at) => void window.open(at), url())]);
    for (const candidate of [page, popup])
      expect(await candidate?.evaluate(() => [navigator.userAgent, navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone])).to.deep.equal(["Latchkey Test 1.0", "de-DE", "Asia/Tokyo"]);
    expect(await page.evaluate(() => [innerWidth, innerHeight])).to.deep.equal([VIEWPORT.width, VIEWPORT.height]);
  });

  it("tells when Chrome ends by itself", async () => {
    await using test = await openTestLease();
    process.kill(test.lease.pid ?? 0, "SIGKILL");
    expect((await test.lease.ended).message).to.include("SIGKILL");
  });

  it("is refused what the network settings forbid, and says so in its report", async () => {
    await using test = await openTestLease({}, { allowHosts: [], denyHosts: [], allowPrivate: false });
    const leased = await test.openContext();
    const page = await leased.context.newPage();
    expect(await page.goto(url()).catch((error: Error) => error.message)).to.include("net::ERR_");
    await leased.settled();
    expect(leased.report().failures.map(({ code }) => code)).to.include("EGRESS_DENIED");
  });

  it("sends nothing around the proxy by WebRTC, where any other Chrome does", async () => {
    const stun = createSocket("udp4");
    let packets = 0;
    stun.on("message", () => (packets += 1)).bind(0, "0.0.0.0");
    await once(stun, "listening");
    const { executablePath } = await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: null });
    const other = await puppeteer.launch({ executablePath, headless: "shell", args: ["--no-sandbox"] });
    try {
      await using test = await openTestLease();
      const leased = await test.openContext();
      await gatherAddresses(await leased.context.newPage(), url(), stun.address().port);
      expect(packets).to.equal(0);
      await gatherAddresses(await other.newPage(), url(), stun.address().port);
      expect(packets).to.be.greaterThan(0);
    } finally {
      await other.close();
      stun.close();
    }
  });

  it("opens no debugging port and takes no other proxy, whatever browser.args say", async () => {
    await using test = await openTestLease({ args: ["--remote-debugging-port=0", "--no-proxy-server", "--proxy-pac-url=http://pac.example/", "--mute-audio"] });
    const flags = await commandLine(test.lease.pid);
    expect(flags).to.include("--mute-audio").and.not.include("--remote-debugging-port").and.not.include("--no-proxy-server").and.not.include("pac.example");
    expect(test.warnings.join("\n")).to.include("--remote-debugging-port, --no-proxy-server, --proxy-pac-url");
  });

  it("that does not start is an error with the last lines it wrote", async () => {
    const broken = await script("broken-chrome", 'echo "libnss3.so: cannot open shared object file" >&2; exit 127');
    const error = await failureOf(openTestLease({ executablePath: broken }));
    expect(error.code).to.equal("BROWSER_LAUNCH_FAILED");
    expect(error.message).to.include("libnss3.so: cannot open").and.include("exit code 127");
  });

  it("that never answers is given up and killed", async () => {
    const silent = await script("silent-chrome", "exec sleep 1000");
    const error = await failureOf(openTestLease({ executablePath: silent, launchTimeoutMs: 300 }));
    expect(error.code).to.equal("BROWSER_LAUNCH_FAILED");
    expect(error.message).to.include("300 ms");
    await until(async () => (await processesWith("sleep\u00001000")).length === 0);
  });

  it("that is not there is an error with a next step", async () => {
    const error = await failureOf(openTestLease({ executablePath: "/nowhere/chrome" }));
    expect(error.code).to.equal("BROWSER_NOT_FOUND");
    expect(error.hint).to.not.equal("");
  });

  it("at a WebSocket address is used through the listener, and lives on afterwards without our contexts", async () => {
    const { executablePath } = await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: null });
    const remote = await puppeteer.launch({ executablePath, headless: "shell", args: ["--no-sandbox"], defaultViewport: null });
    try {
      const test = await openTestLease({ wsEndpoint: remote.wsEndpoint() });
      const leased = await test.openContext();
      const page = await leased.context.newPage();
      await page.goto(url());
      expect(await page.title()).to.equal("site");
      expect(leased.gated).to.equal(true);
      expect(leased.report().connections).to.be.greaterThan(0);
      await using hidden = await leased.hiddenPage();
      expect((await hidden.session.send("Runtime.evaluate", { expression: "1 + 1" })).result.value).to.equal(2);
      await test[Symbol.asyncDispose]();
      const session = await remote.target().createCDPSession();
      await until(async () => !(await session.send("Target.getBrowserContexts")).browserContextIds.includes(leased.id));
      expect(remote.connected).to.equal(true);
    } finally {
      await remote.close();
    }
  });

  it("at a WebSocket address where nobody listens is an error that does not repeat secrets of the address", async () => {
    const error = await failureOf(openTestLease({ wsEndpoint: "ws://127.0.0.1:9/devtools?token=secret-token" }));
    expect(error.code).to.equal("BROWSER_LAUNCH_FAILED");
    expect(error.message).to.include("127.0.0.1:9").and.not.include("secret-token");
  });

  it("goes with the process that leased it, also when that is killed with SIGKILL", async () => {
    const folder = await mkdtemp(join(temporary, "killed-"));
    const source = `
      import { readdir } from "node:fs/promises";
      import { openTestLease } from ${JSON.stringify(join(import.meta.dirname, "../support/test-lease.ts"))};
      const { lease, openContext } = await openTestLease();
      await (await openContext()).context.newPage();
      const profiles = (await readdir(process.env.TMPDIR)).filter((name) => name.startsWith("latchkey-profile-"));
      console.log(JSON.stringify({ pid: lease.pid, profiles }));
      setInterval(() => undefined, 1_000);`;
    const owner = spawn(process.execPath, ["--input-type=module-typescript", "-e", source], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, TMPDIR: folder } });
    const [line] = (await once(createInterface(owner.stdout), "line")) as [string];
    const { pid, profiles } = JSON.parse(line) as { pid: number; profiles: string[] };
    expect(profiles).to.have.length(1);
    expect(await processesWith(folder)).to.include(pid);
    owner.kill("SIGKILL");
    await until(async () => (await processesWith(folder)).length === 0);
    await until(async () => (await readdir(folder)).length === 0);
  });
});

async function gatherAddresses(page: Page, url: string, stunPort: number): Promise<void> {
  await page.goto(url);
  await page.evaluate(async (port) => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${port}` }] });
    peer.createDataChannel("leak");
    const gathered = new Promise((resolve) => peer.addEventListener("icegatheringstatechange", () => (peer.iceGatheringState === "complete" ? resolve(null) : undefined)));
    await peer.setLocalDescription(await peer.createOffer());
    await Promise.race([gathered, new Promise((resolve) => setTimeout(resolve, 3_000))]);
  }, stunPort);
}
