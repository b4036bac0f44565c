import { createServer as createHttpServer, request } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { expect } from "chai";
import { Server as ChainServer } from "proxy-chain";
import { parseUpstreamProxy, type EgressPolicy, type ProxyListener } from "../../runtime/model/proxy.ts";
import { openListener } from "../../runtime/proxy/listener.ts";
import { startSocks5Server } from "../fixtures/socks5-server.ts";
import { freePort } from "../targets/start-process.ts";

const open: EgressPolicy = { allowHosts: [], denyHosts: [], allowPrivate: true };

describe("proxy listener", () => {
  const site = createHttpServer((_request, response) => response.end("hello from the site"));
  let siteUrl = "";
  before(async () => {
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  after(() => {
    site.closeAllConnections();
    site.close();
  });

  const codesOf = async (listener: ProxyListener): Promise<readonly string[]> => {
    await listener.settled();
    return listener.report().failures.map(({ code }) => code);
  };

  it("passes plain requests and tunnels, and counts their bytes", async () => {
    await using listener = await openListener({ policy: open });
    expect(await get(listener, siteUrl)).to.deep.equal({ status: 200, body: "hello from the site" });
    expect(await tunnel(listener, new URL(siteUrl).host)).to.equal(200);
    const { sentBytes, receivedBytes, connections } = listener.report();
    expect(sentBytes).to.be.greaterThan(50);
    expect(receivedBytes).to.be.greaterThan(100);
    expect(connections).to.equal(2);
  });

  it("goes through an HTTP upstream with credentials, and direct again when the route is switched", async () => {
    let seen = 0;
    await using upstream = await startChain(({ username, password }) => {
      seen += 1;
      return { requestAuthentication: username !== "sam" || password !== "p@ss" };
    });
    await using listener = await openListener({ policy: open });
    listener.setRoute(parseUpstreamProxy(`http://sam:p%40ss@127.0.0.1:${upstream.port}`));
    expect((await get(listener, siteUrl)).status).to.equal(200);
    expect(await tunnel(listener, new URL(siteUrl).host)).to.equal(200);
    expect(seen).to.equal(2);
    listener.setRoute(null);
    expect((await get(listener, siteUrl)).status).to.equal(200);
    expect(seen).to.equal(2);
  });

  it("goes through a SOCKS5 upstream with credentials", async () => {
    await using upstream = await startSocks5Server("sam", "secret");
    await using listener = await openListener({ policy: open });
    listener.setRoute(parseUpstreamProxy(`socks5://sam:secret@127.0.0.1:${upstream.port}`));
    expect((await get(listener, siteUrl)).status).to.equal(200);
    expect(await tunnel(listener, new URL(siteUrl).host)).to.equal(200);
    expect(upstream.connections).to.equal(2);
  });

  for (const kind of ["request", "tunnel"] as const) {
    const send = (listener: ProxyListener, target = siteUrl): Promise<unknown> => (kind === "request" ? get(listener, target) : tunnel(listener, new URL(target).host)).catch(() => null);

    it(`tells a wrong password of an HTTP upstream (${kind})`, async () => {
      await using upstream = await startChain(() => ({ requestAuthentication: true }));
      await using listener = await openListener({ policy: open });
      listener.setRoute(parseUpstreamProxy(`http://sam:wrong-password@127.0.0.1:${upstream.port}`));
      await send(listener);
      expect(await codesOf(listener)).to.deep.equal(["PROXY_AUTH_FAILED"]);
      expect(JSON.stringify(listener.report())).to.not.include("wrong-password");
    });

    it(`tells a wrong password of a SOCKS5 upstream (${kind})`, async () => {
      await using upstream = await startSocks5Server("sam", "right");
      await using listener = await openListener({ policy: open });
      listener.setRoute(parseUpstreamProxy(`socks5://sam:wrong@127.0.0.1:${upstream.port}`));
      await send(listener);
      expect(await codesOf(listener)).to.deep.equal(["PROXY_AUTH_FAILED"]);
    });

    it(`tells an upstream that is not there (${kind})`, async () => {
      for (const protocol of ["http", "socks5"]) {
        await using listener = await openListener({ policy: open });
        listener.setRoute(parseUpstreamProxy(`${protocol}://127.0.0.1:${await freePort()}`));
        await send(listener);
        expect(await codesOf(listener), protocol).to.deep.equal(["PROXY_UNREACHABLE"]);
      }
    });

    it(`tells an upstream that never answers (${kind})`, async () => {
      await using silent = await startSilent();
      await using listener = await openListener({ policy: open, upstreamTimeoutMs: 300 });
      listener.setRoute(parseUpstreamProxy(`http://127.0.0.1:${silent.port}`));
      await send(listener);
      expect(await codesOf(listener)).to.deep.equal(["PROXY_TIMEOUT"]);
    });

    it(`blames the site, not the proxy, when the site is down (${kind})`, async () => {
      await using upstream = await startChain(() => undefined);
      await using socks = await startSocks5Server("sam", "secret");
      const dead = `http://127.0.0.1:${await freePort()}`;
      for (const route of [null, `http://127.0.0.1:${upstream.port}`, `socks5://sam:secret@127.0.0.1:${socks.port}`]) {
        await using listener = await openListener({ policy: open });
        listener.setRoute(route === null ? null : parseUpstreamProxy(route));
        await send(listener, dead);
        const codes = await codesOf(listener);
        // An HTTP upstream answers a plain request for a dead site like any page; only tunnels show it.
        if (kind === "tunnel" || route === null || route.startsWith("socks")) expect(codes, route ?? "direct").to.deep.equal(["NAVIGATION_FAILED"]);
        else expect(codes.filter((code) => code.startsWith("PROXY")), route).to.deep.equal([]);
      }
    });

    it(`refuses private addresses by policy (${kind})`, async () => {
      await using listener = await openListener({ policy: { ...open, allowPrivate: false } });
      await send(listener);
      expect(await codesOf(listener)).to.deep.equal(["EGRESS_DENIED"]);
    });
  }

  it("connects to the address that was checked, whatever the name server says next", async () => {
    let lookups = 0;
    const port = Number(new URL(siteUrl).port);
    await using listener = await openListener({
      policy: { allowHosts: ["127.0.0.1/32"], denyHosts: ["10.0.0.0/8"], allowPrivate: true },
      resolve: () => Promise.resolve([{ address: lookups++ === 0 ? "127.0.0.1" : "10.0.0.1", family: 4 }]),
    });
    expect((await get(listener, `http://rebind.test:${port}`)).status).to.equal(200);
    expect(lookups).to.equal(1);
    expect(await get(listener, `http://rebind.test:${port}`).catch(() => "refused")).to.equal("refused");
    expect(await codesOf(listener)).to.deep.equal(["EGRESS_DENIED"]);
  });

  it("holds connections until the gate lets them pass", async () => {
    await using listener = await openListener({ policy: open });
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<string>();
    listener.setGate(({ host, port }) => {
      asked.resolve(`${host}:${port}`);
      return gate.promise;
    });
    const answer = get(listener, siteUrl);
    expect(await asked.promise).to.equal(new URL(siteUrl).host);
    gate.resolve();
    expect((await answer).status).to.equal(200);
  });

  it("is closed after it is disposed", async () => {
    const listener = await openListener({ policy: open });
    await listener[Symbol.asyncDispose]();
    expect(await get(listener, siteUrl).then(() => "answered", (error: NodeJS.ErrnoException) => error.code)).to.equal("ECONNREFUSED");
  });
});

function get(listener: ProxyListener, url: string): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(listener.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: hostname, port, path: url, headers: { host: new URL(url).host, connection: "close" } }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

function tunnel(listener: ProxyListener, target: string): Promise<number> {
  const { hostname, port } = new URL(listener.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: hostname, port, method: "CONNECT", path: target });
    sent.on("connect", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function startChain(prepare: NonNullable<ConstructorParameters<typeof ChainServer>[0]>["prepareRequestFunction"]): Promise<AsyncDisposable & { readonly port: number }> {
  const server = new ChainServer({ host: "127.0.0.1", port: 0, ...(prepare !== undefined && { prepareRequestFunction: prepare }) });
  await server.listen();
  return { port: server.port, [Symbol.asyncDispose]: () => server.close(true) };
}

async function startSilent(): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets: { destroy(): void }[] = [];
  const server: TcpServer = createTcpServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
