import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { loggedIn } from "../../runtime/auth-sessions/keeper.ts";
import { createSealer } from "../../runtime/auth-sessions/seal/create-sealer.ts";
import { loadSealKeys } from "../../runtime/auth-sessions/seal/load-seal-key.ts";
import type { AuthSession, AuthSessionStore } from "../../runtime/model/auth-session.ts";
import { EMPTY_STATE } from "../../runtime/model/storage-state.ts";
import { createFileAuthSessionStore } from "../../runtime/store/files/auth-session-store.ts";
import { withFileLock } from "../../runtime/store/files/lock.ts";

const codeOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => "none", (thrown: { code?: unknown }) => thrown.code);
const sealer = createSealer([randomBytes(32)]);

function session(id: string, password = "open sesame"): AuthSession {
  return loggedIn({ id, type: "credentials", parameters: { password }, proxyUrl: "http://u:proxy-word@127.0.0.1:1", captured: { state: EMPTY_STATE, losses: [] }, at: "2026-01-01T00:00:00.000Z", previous: null });
}

describe("auth sessions on disk", () => {
  let dir: string;
  let store: AuthSessionStore;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    store = createFileAuthSessionStore({ dir, openSealer: () => Promise.resolve(sealer) });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("come back as they were, and nothing of their secrets can be read in the file", async () => {
    await store.put(session("sam"), null);
    expect((await store.get("sam"))?.secrets).to.deep.equal(session("sam").secrets);
    const text = await readFile(join(dir, "sam.json"), "utf8");
    expect(text).to.not.include("open sesame").and.not.include("proxy-word");
  });

  it("are written only over the version that was read", async () => {
    const first = await store.put(session("sam"), null);
    expect(first.summary.version).to.equal(1);
    expect(await codeOf(store.put(session("sam"), null))).to.equal("STATE_CONFLICT");
    const results = await Promise.all([1, 2, 3].map(() => codeOf(store.put(first, 1))));
    expect(results.filter((code) => code === "none")).to.have.length(1);
  });

  it("whose ids differ in case only do not share a file", async () => {
    await store.put(session("Sam"), null);
    await store.put(session("sam"), null);
    expect((await store.list()).map(({ id }) => id)).to.deep.equal(["Sam", "sam"]);
    expect((await readdir(dir)).map((name) => name.toLowerCase()).filter((name) => name.endsWith(".json"))).to.have.length(2);
  });

  it("that are damaged are told of, left as they are, and hide no others", async () => {
    await store.put(session("good"), null);
    await writeFile(join(dir, "broken.json"), '{"summary": {');
    expect(await codeOf(store.get("broken"))).to.equal("STORE_CORRUPT");
    expect((await store.list()).map(({ id, lastError }) => [id, lastError?.code])).to.deep.equal([["broken", "STORE_CORRUPT"], ["good", undefined]]);
    expect(await readFile(join(dir, "broken.json"), "utf8")).to.equal('{"summary": {');
  });

  it("cannot be opened with another key, nor when they were changed or swapped", async () => {
    await store.put(session("sam"), null);
    await store.put(session("eve"), null);
    const other = createFileAuthSessionStore({ dir, openSealer: () => Promise.resolve(createSealer([randomBytes(32)])) });
    expect(await codeOf(other.get("sam"))).to.equal("SEAL_KEY_MISMATCH");
    const [sam, eve] = await Promise.all(["sam", "eve"].map(async (id) => JSON.parse(await readFile(join(dir, `${id}.json`), "utf8")) as { sealed: unknown }));
    await writeFile(join(dir, "sam.json"), JSON.stringify({ ...sam, sealed: eve?.sealed }));
    expect(await codeOf(store.get("sam"))).to.equal("SEAL_KEY_MISMATCH");
  });

  it("are locked one holder at a time, and a holder that was killed holds nothing", async () => {
    const options = { timeoutMs: 20_000, signal: new AbortController().signal };
    const file = join(dir, "locks", "x");
    const lock = new URL("../../runtime/store/files/lock.ts", import.meta.url).href;
    const child = spawn(process.execPath, ["--input-type=module", "-e", `import { withFileLock } from ${JSON.stringify(lock)}; await withFileLock(${JSON.stringify(file)}, { timeoutMs: 1000, signal: new AbortController().signal }, () => { process.stdout.write("held"); setInterval(() => undefined, 1000); return new Promise(() => undefined); });`], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(await codeOf(withFileLock(file, { ...options, timeoutMs: 100 }, () => Promise.resolve()))).to.equal("AUTH_SESSION_BUSY");
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(await withFileLock(file, { ...options, timeoutMs: 2_000 }, () => Promise.resolve("mine"))).to.equal("mine");
  });

  describe("the seal key", () => {
    it("is made once, also by two at the same time, and only for its owner", async () => {
      const keyFile = join(dir, "config", "seal.key");
      const keys = await Promise.all([1, 2, 3].map(() => loadSealKeys({ keyText: null, keyFile, mayCreate: true })));
      expect(new Set(keys.flat().map((key) => key.toString("hex"))).size).to.equal(1);
    });

    it("is never made anew where something was sealed", async () => {
      expect(await codeOf(loadSealKeys({ keyText: null, keyFile: join(dir, "gone.key"), mayCreate: false }))).to.equal("SEAL_KEY_MISSING");
    });

    it("must be a key, and readable by its owner alone", async () => {
      const keyFile = join(dir, "bad.key");
      await writeFile(keyFile, "short", { mode: 0o600 });
      expect(await codeOf(loadSealKeys({ keyText: null, keyFile, mayCreate: true }))).to.equal("SEAL_KEY_INVALID");
      await writeFile(join(dir, "open.key"), randomBytes(32).toString("base64"), { mode: 0o644 });
      expect(await codeOf(loadSealKeys({ keyText: null, keyFile: join(dir, "open.key"), mayCreate: true }))).to.equal("SEAL_KEY_INVALID");
    });
  });
});
