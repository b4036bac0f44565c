import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import type { LeasedContext } from "../../runtime/model/browser.ts";
import { createRedactor } from "../../runtime/model/redact.ts";
import { createTracer } from "../../runtime/observe/tracer.ts";
import { leaseForTest, type TestLease } from "../support/lease.ts";

const HIDDEN = ["hidden-cookie-1", "hidden-header-2", "hidden-post-3", "hidden-query-4", "hidden-console-5", "hidden-title-6", "hidden-code-7", "hidden-location-8", "hidden-error-9"];
/** Known to the redactor beforehand; the others must go by their place alone. */
const KNOWN = ["hidden-console-5", "hidden-title-6"];

const text = { type: "string" } as const;
const message = (...more: readonly string[]) => ({ type: "object", required: ["httpVersion", "cookies", "headers", "headersSize", "bodySize", ...more] });
/** What HAR 1.2 requires of an archive (http://www.softwareishard.com/blog/har-12-spec/). */
const HAR = {
  type: "object",
  required: ["log"],
  properties: {
    log: {
      type: "object",
      required: ["version", "creator", "entries"],
      properties: {
        version: { const: "1.2" },
        creator: { type: "object", required: ["name", "version"] },
        pages: { type: "array", items: { type: "object", required: ["startedDateTime", "id", "title", "pageTimings"] } },
        entries: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            required: ["startedDateTime", "time", "request", "response", "cache", "timings"],
            properties: { startedDateTime: text, time: { type: "number" }, request: message("method", "url", "queryString"), response: message("status", "statusText", "content", "redirectURL"), timings: { type: "object", required: ["send", "wait", "receive"] } },
          },
        },
      },
    },
  },
};

describe("trace", function () {
  this.timeout(60_000);
  let dir: string;
  let test: TestLease;
  const site = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    if (pathname === "/redirect") response.writeHead(302, { location: "/done?code=hidden-location-8" }).end();
    else if (pathname === "/reloads") response.writeHead(200, { "content-type": "text/html" }).end("<script>setTimeout(() => location.reload(), 1)</script>");
    else response.writeHead(200, { "content-type": "text/html", "set-cookie": "sid=hidden-cookie-1" }).end("<!doctype html><title>title hidden-title-6</title><p>page</p>");
  });
  let url = "";
  before(async () => {
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    test = await leaseForTest();
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    site.closeAllConnections();
    site.close();
  });
  beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), "latchkey-test-"))));
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const openContext = (): Promise<LeasedContext> => test.lease.openContext({ deadline: test.deadline, upstream: null });

  it("holds what happened, as a valid HAR among others, and no secret", async () => {
    const redactor = createRedactor();
    redactor.add(...KNOWN);
    const trace = await createTracer().start({ dir, redactor });
    await using leased = await openContext();
    await trace.attach(leased.context);
    const page = await leased.context.newPage();
    await page.goto(`${url}/start?access_token=hidden-query-4&code=hidden-code-7`);
    await page.goto(`${url}/redirect`);
    await page.evaluate(async (base) => {
      console.log(`token hidden-console-5 at ${base}/x?code=hidden-code-7`);
      await fetch("/api", { method: "POST", headers: { authorization: "Bearer hidden-header-2", "content-type": "application/json" }, body: JSON.stringify({ password: "hidden-post-3" }) });
      setTimeout(() => {
        throw new Error(`failed at ${base}/y?token=hidden-error-9`);
      }, 0);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }, url);
    await page.goto(`${url}/last`);
    await trace.finish();
    const har: unknown = JSON.parse(await readFile(join(dir, "trace.har"), "utf8"));
    const validate = new Ajv({ strict: false }).compile(HAR);
    expect(validate(har), JSON.stringify(validate.errors)).to.equal(true);
    expect(await readdir(join(dir, "screenshots"))).to.have.length.greaterThan(0);
    expect(await readFile(join(dir, "errors.jsonl"), "utf8")).to.include("failed at");
    for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      for (const secret of HIDDEN) expect(bytes.includes(secret), `${entry.name} holds ${secret}`).to.equal(false);
    }
  });

  it("ends although a page reloads itself for ever", async () => {
    const trace = await createTracer().start({ dir, redactor: createRedactor() });
    await using leased = await openContext();
    await trace.attach(leased.context);
    const page = await leased.context.newPage();
    await page.goto(`${url}/reloads`);
    await page.waitForResponse((response) => response.url().endsWith("/reloads"));
    await trace.finish();
    expect(await readdir(dir)).to.include("index.json");
  });

  it("takes a picture of a page that answers when another one spins, and new pages still open", async () => {
    await using leased = await openContext();
    const calm = await leased.context.newPage();
    await calm.goto(`${url}/calm`);
    const spinning = await leased.context.newPage();
    void spinning
      .evaluate(() => {
        for (;;);
      })
      .catch(() => undefined);
    const picture = await createTracer().pictureOf(leased.context, { file: join(dir, "failure.png"), redactor: createRedactor(), timeoutMs: 3_000 });
    expect(picture).to.include({ url: `${url}/calm`, screenshot: join(dir, "failure.png") });
    await leased.context.newPage();
  });

  it("does without a picture where it cannot be written", async () => {
    await writeFile(join(dir, "file"), "");
    await using leased = await openContext();
    const page = await leased.context.newPage();
    await page.goto(`${url}/calm`);
    const picture = await createTracer().pictureOf(leased.context, { file: join(dir, "file", "failure.png"), redactor: createRedactor(), timeoutMs: 3_000 });
    expect(picture).to.include({ screenshot: null });
  });
});
