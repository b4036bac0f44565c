import { expect } from "chai";
import { Server } from "proxy-chain";
import { parseUpstreamProxy, type EgressPolicy, type ProxyListener } from "../../runtime/model/proxy.ts";
import { openListener } from "../../runtime/proxy/listener.ts";
import { startSocks5Server, type Socks5Server } from "../fixtures/socks5-server.ts";
import { closedPort, startSilentServer, startSite, type TestServer } from "../support/tcp-servers.ts";
import { get, openTunnel } from "../support/through-proxy.ts";

const OPEN: EgressPolicy = { allowHosts: [], denyHosts: [], allowPrivate: true };
const STRICT: EgressPolicy = { allowHosts: [], denyHosts: [], allowPrivate: false };
const USER = "customer-7";
const PASSWORD = "p%40ss%2Fword-of-proxy";
const CREDENTIALS = { username: USER, password: decodeURIComponent(PASSWORD) };
const WAYS = ["plain", "tunnel"] as const;

describe("proxy listener", () => {
  let stack: AsyncDisposableStack;
  let site: TestServer;
  let deadPort: number;
  let httpUpstream: Server;
  let socksUpstream: Socks5Server;

  before(async () => {
    stack = new AsyncDisposableStack();
    site = stack.use(await startSite());
    deadPort = await closedPort();
    httpUpstream = new Server({ host: "127.0.0.1", port: 0, prepareRequestFunction: ({ username, password }) => ({ requestAuthentication: username !== USER || password !== CREDENTIALS.password }) });
    await httpUpstream.listen();
    stack.defer(() => httpUpstream.close(true));
    socksUpstream = stack.use(await startSocks5Server({ credentials: CREDENTIALS }));
  });
  after(() => stack.disposeAsync());

  const open = async (upstreamUrl: string | null, options: Partial<Parameters<typeof openListener>[0]> = {}): Promise<ProxyListener> => {
    const listener = await openListener({ policy: OPEN, ...options });
    listener.setRoute(upstreamUrl === null ? null : parseUpstreamProxy(upstreamUrl));
    return listener;
  };
  const codesOf = async (listener: ProxyListener): Promise<readonly string[]> => {
    await listener.settled();
    const { failures } = listener.report();
    expect(JSON.stringify(failures)).to.not.include(USER).and.not.include("word-of-proxy");
    return failures.map(({ code }) => code);
  };
  const upstreams = (password = PASSWORD): Readonly<Record<string, string>> => ({
    http: `http://${USER}:${password}@127.0.0.1:${httpUpstream.port}`,
    socks5: `socks5://${USER}:${password}@127.0.0.1:${socksUpstream.port}`,
    socks5h: `socks5h://${USER}:${password}@127.0.0.1:${socksUpstream.port}`,
  });
  const siteUrl = (): string => `http://127.0.0.1:${site.port}/`;

  for (const way of WAYS) {
    describe(`a ${way === "plain" ? "plain request" : "tunnel"}`, () => {
      it("reaches the site directly", async () => {
        await using listener = await open(null);
        expect(await get(listener.url, siteUrl(), way)).to.deep.include({ status: 200 });
        expect(await codesOf(listener)).to.deep.equal([]);
      });
      for (const kind of ["http", "socks5", "socks5h"]) {
        it(`reaches the site through ${kind} with credentials`, async () => {
          await using listener = await open(upstreams()[kind] ?? "");
          expect((await get(listener.url, siteUrl(), way)).body).to.include("hello from");
          expect(await codesOf(listener)).to.deep.equal([]);
        });
        it(`through ${kind} with a wrong password is PROXY_AUTH_FAILED`, async () => {
          await using listener = await open(upstreams("wrong-word-of-proxy")[kind] ?? "");
          await get(listener.url, siteUrl(), way);
          expect(await codesOf(listener)).to.deep.equal(["PROXY_AUTH_FAILED"]);
        });
        it(`to a dead site through ${kind} is NAVIGATION_FAILED, whatever the proxy's answer`, async () => {
          await using listener = await open(upstreams()[kind] ?? "");
          await get(listener.url, `http://127.0.0.1:${deadPort}/`, way);
          expect(await codesOf(listener)).to.deep.equal(["NAVIGATION_FAILED"]);
        });
      }
      for (const scheme of ["http", "https", "socks5"]) {
        it(`through a dead ${scheme} proxy is PROXY_UNREACHABLE`, async () => {
          await using listener = await open(`${scheme}://${USER}:${PASSWORD}@127.0.0.1:${deadPort}`);
          await get(listener.url, siteUrl(), way);
          expect(await codesOf(listener)).to.deep.equal(["PROXY_UNREACHABLE"]);
        });
        it(`through a silent ${scheme} proxy is PROXY_TIMEOUT`, async () => {
          await using silent = await startSilentServer();
          await using listener = await open(`${scheme}://127.0.0.1:${silent.port}`, { upstreamTimeoutMs: 400 });
          await get(listener.url, siteUrl(), way);
          expect(await codesOf(listener)).to.deep.equal(["PROXY_TIMEOUT"]);
        });
      }
      it("to a dead site is NAVIGATION_FAILED", async () => {
        await using listener = await open(null);
        await get(listener.url, `http://127.0.0.1:${deadPort}/`, way);
        expect(await codesOf(listener)).to.deep.equal(["NAVIGATION_FAILED"]);
      });
      it("to a name that does not exist is NAVIGATION_FAILED", async () => {
        await using listener = await open(null, { policy: STRICT, resolve: () => Promise.reject(new Error("no such name")) });
        await get(listener.url, "http://nowhere.example:8080/", way);
        expect(await codesOf(listener)).to.deep.equal(["NAVIGATION_FAILED"]);
      });
      it("to a forbidden host is EGRESS_DENIED, and nothing connects", async () => {
        const before = site.connections;
        await using listener = await open(null, { policy: STRICT });
        expect(await get(listener.url, siteUrl(), way)).to.deep.include({ status: null });
        expect(await codesOf(listener)).to.deep.equal(["EGRESS_DENIED"]);
        expect(site.connections).to.equal(before);
      });
      it("to a forbidden host is EGRESS_DENIED also with an upstream", async () => {
        await using listener = await open(upstreams()["http"] ?? "", { policy: STRICT });
        await get(listener.url, siteUrl(), way);
        expect(await codesOf(listener)).to.deep.equal(["EGRESS_DENIED"]);
      });
      it("connects to the address that was judged, whatever the name means a moment later", async () => {
        let lookups = 0;
        const resolve = (): Promise<{ address: string; family: number }[]> => {
          lookups += 1;
          return Promise.resolve([{ address: lookups === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }]);
        };
        await using listener = await open(null, { policy: { ...STRICT, allowHosts: ["127.0.0.1/32"] }, resolve });
        expect(await get(listener.url, `http://rebinding.example:${site.port}/`, way)).to.deep.include({ status: 200 });
        expect(lookups).to.equal(1);
      });
      it("waits at the gate", async () => {
        const gate = Promise.withResolvers<void>();
        const asked = Promise.withResolvers<unknown>();
        await using listener = await open(null);
        listener.setGate((target) => {
          asked.resolve(target);
          return gate.promise;
        });
        const before = site.connections;
        const answer = get(listener.url, siteUrl(), way);
        expect(await asked.promise).to.deep.equal({ host: "127.0.0.1", port: site.port, tunnel: way === "tunnel" });
        expect(site.connections).to.equal(before);
        gate.resolve();
        expect(await answer).to.deep.include({ status: 200 });
      });
      it("that waits at the gate when the listener closes goes nowhere and is nobody's failure", async () => {
        const gate = Promise.withResolvers<void>();
        const asked = Promise.withResolvers<void>();
        const listener = await open(null);
        listener.setGate(() => {
          asked.resolve();
          return gate.promise;
        });
        const before = site.connections;
        const answer = get(listener.url, siteUrl(), way);
        await asked.promise;
        await listener[Symbol.asyncDispose]();
        gate.resolve();
        expect(await answer).to.deep.include({ status: null });
        await new Promise((resolve) => setImmediate(resolve));
        expect(site.connections).to.equal(before);
        expect(listener.report().failures).to.deep.equal([]);
      });
    });
  }

  it("leaves a name to the upstream for socks5 too, so that sites see only its location", async () => {
    await using socks = await startSocks5Server({ credentials: null, sendAllToPort: site.port });
    await using listener = await open(`socks5://127.0.0.1:${socks.port}`, { policy: STRICT, resolve: () => Promise.reject(new Error("not known here")) });
    await get(listener.url, "http://far-away.example/", "tunnel").catch(() => undefined);
    await (await openTunnel(listener.url, "far-away.example:443")).socket?.destroy();
    expect(socks.targets).to.include("far-away.example:443");
  });

  it("lets a slow site take its time when the upstream is well", async () => {
    const asked = Promise.withResolvers<() => void>();
    await using slow = await startSite((_request, response) => asked.resolve(() => response.end("late")));
    await using listener = await open(upstreams()["http"] ?? "", { upstreamTimeoutMs: 40 });
    const answer = get(listener.url, `http://127.0.0.1:${slow.port}/`, "plain");
    const finish = await asked.promise;
    // The connection that is asking stays open; what closes is the probe's.
    await new Promise((resolve) => httpUpstream.once("connectionClosed", resolve));
    finish();
    expect(await answer).to.deep.equal({ status: 200, body: "late" });
    expect(await codesOf(listener)).to.deep.equal([]);
  });

  it("closes open tunnels when the route changes, and counts no failure for it", async () => {
    await using silent = await startSilentServer();
    await using listener = await open(null);
    const { socket } = await openTunnel(listener.url, `127.0.0.1:${silent.port}`);
    const closed = new Promise((resolve) => socket?.once("close", resolve));
    socket?.resume();
    listener.setRoute(parseUpstreamProxy(upstreams()["http"] ?? ""));
    await closed;
    expect((await get(listener.url, siteUrl(), "tunnel")).status).to.equal(200);
    expect(await codesOf(listener)).to.deep.equal([]);
  });

  it("does not take a site's own error page for a failure of the proxy", async () => {
    await using failing = await startSite((_request, response) => response.writeHead(504, { "content-type": "text/plain; charset=utf-8" }).end("my own"));
    await using listener = await open(null);
    expect((await get(listener.url, `http://127.0.0.1:${failing.port}/`, "plain")).status).to.equal(504);
    expect(await codesOf(listener)).to.deep.equal([]);
  });

  it("counts the bytes of open and of closed connections", async () => {
    const body = "x".repeat(100_000);
    await using large = await startSite((_request, response) => response.end(body));
    await using listener = await open(null);
    await get(listener.url, `http://127.0.0.1:${large.port}/`, "plain");
    const first = listener.report();
    expect(first.receivedBytes).to.be.within(body.length, body.length + 1_000);
    expect(first.sentBytes).to.be.within(50, 1_000);
    await get(listener.url, `http://127.0.0.1:${large.port}/`, "tunnel");
    const second = listener.report();
    expect(second.receivedBytes).to.be.within(2 * body.length, 2 * body.length + 2_000);
    expect(second.connections).to.equal(2);
  });

  it("listens no longer once it is disposed, and may be disposed twice", async () => {
    const listener = await open(null);
    await Promise.all([listener[Symbol.asyncDispose](), listener[Symbol.asyncDispose]()]);
    expect(await openTunnel(listener.url, `127.0.0.1:${site.port}`)).to.deep.equal({ status: null, socket: null });
  });
});
