import { spawn } from "node:child_process";
import { randomBytes, randomUUIDv7 } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import pg from "pg";
import { loggedIn } from "../../runtime/auth-sessions/keeper.ts";
import { createSealer } from "../../runtime/auth-sessions/seal/create-sealer.ts";
import type { AuthSession, AuthSessionStore } from "../../runtime/model/auth-session.ts";
import type { NewRun } from "../../runtime/model/hosted-run.ts";
import type { HostedProject } from "../../runtime/model/hosted-project.ts";
import type { HostedStore } from "../../runtime/model/hosted-store.ts";
import type { RunOutcome } from "../../runtime/model/run.ts";
import { EMPTY_STATE } from "../../runtime/model/storage-state.ts";
import { createFileAuthSessionStore } from "../../runtime/store/files/auth-session-store.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../runtime/store/embedded/embedded-postgres.ts";
import { TIMING } from "../../runtime/compose-timing.ts";
import { openHostedStore } from "../../runtime/store/sql/hosted-store.ts";

const codeOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => "none", (thrown: { code?: unknown }) => thrown.code);
const key = randomBytes(32);
const sealer = createSealer([key]);
const MANIFEST = { format: 1, name: "shop", targets: [], setupContext: null, files: [], settings: {}, authSessions: { enabled: true, type: "credentials", mode: "exclusive", checkEveryMs: null, attentionWebhookUrl: null }, maxConcurrentRequests: null, samples: {}, contentHash: "a".repeat(64) } as const;

function session(id: string): AuthSession {
  return loggedIn({ id, type: "credentials", parameters: { password: "open sesame" }, proxyUrl: "http://u:proxy-word@127.0.0.1:1", captured: { state: EMPTY_STATE, losses: [] }, at: "2026-01-01T00:00:00.000Z", previous: null });
}

let dir: string;
let postgres: EmbeddedPostgres;
let store: HostedStore;
let project: HostedProject;
const open = (keys: readonly Buffer[] = [key]): Promise<HostedStore> => openHostedStore({ timing: TIMING, address: postgres, sealer: createSealer(keys), name: "test", connections: 5, supervise: false, onError: () => undefined });

describe("the stores", () => {
  before(async function () {
    this.timeout(60_000);
    dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    postgres = await startEmbeddedPostgres({ dir, onError: () => undefined });
    store = await open();
    const { id: workspaceId } = await store.defaultWorkspace();
    const made = await store.projects.create(workspaceId, "shop");
    const { id } = await store.projects.addDeployment(made.id, MANIFEST, Buffer.from("archive"), "test");
    await store.projects.activate(made.id, id);
    project = { ...made, liveDeploymentId: id };
  });
  after(async () => {
    await store[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  const STORES: Readonly<Record<string, () => AuthSessionStore>> = {
    "files": () => createFileAuthSessionStore({ dir: join(dir, `sessions-${randomUUIDv7()}`), openSealer: () => Promise.resolve(sealer) }),
    "PostgreSQL": () => store.authSessions.of(project),
  };

  for (const [name, make] of Object.entries(STORES)) {
    describe(`auth sessions in ${name}`, () => {
      let sessions: AuthSessionStore;
      beforeEach(() => (sessions = make()));
      const id = (): string => `sam-${randomUUIDv7()}`;

      it("come back as they were; a summary has no secret in it", async () => {
        const sam = id();
        await sessions.put(session(sam), null);
        expect((await sessions.get(sam))?.secrets).to.deep.equal(session(sam).secrets);
        expect(JSON.stringify(await sessions.summary(sam))).to.not.include("open sesame").and.not.include("proxy-word");
        expect(await sessions.get(id())).to.equal(null);
      });

      it("are written only over the version that was read, by one of many", async () => {
        const sam = id();
        const first = await sessions.put(session(sam), null);
        expect(await codeOf(sessions.put(session(sam), null))).to.equal("STATE_CONFLICT");
        const results = await Promise.all([1, 2, 3, 4].map(() => codeOf(sessions.put(first, 1))));
        expect(results.filter((code) => code === "none")).to.have.length(1);
        expect(results.filter((code) => code === "STATE_CONFLICT")).to.have.length(3);
        expect((await sessions.summary(sam))?.version).to.equal(2);
      });

      it("made by two at once are one, and the other hears of it", async () => {
        const sam = id();
        const results = await Promise.all([1, 2].map(() => codeOf(sessions.put(session(sam), null))));
        expect([...results].sort()).to.deep.equal(["STATE_CONFLICT", "none"]);
      });

      it("are locked for one at a time; who waits too long is told, who gives up stops waiting", async () => {
        const sam = id();
        const options = (timeoutMs: number, signal = new AbortController().signal) => ({ timeoutMs, signal });
        const held = Promise.withResolvers<void>();
        const release = Promise.withResolvers<void>();
        const first = sessions.withLock(sam, "use", options(1_000), async () => {
          held.resolve();
          await release.promise;
        });
        await held.promise;
        expect(await codeOf(sessions.withLock(sam, "use", options(100), () => Promise.resolve()))).to.equal("AUTH_SESSION_BUSY");
        expect(await sessions.withLock(sam, "login", options(100), () => Promise.resolve("another purpose"))).to.equal("another purpose");
        const giving = new AbortController();
        const waiting = sessions.withLock(sam, "use", options(10_000, giving.signal), () => Promise.resolve()).catch((thrown: unknown) => thrown);
        giving.abort(new Error("given up"));
        expect(await waiting).to.have.property("message", "given up");
        const next = sessions.withLock(sam, "use", options(10_000), () => Promise.resolve("mine"));
        release.resolve();
        await first;
        expect(await next).to.equal("mine");
      });

      it("are deleted with all they hold", async () => {
        const sam = id();
        await sessions.put(session(sam), null);
        expect([await sessions.delete(sam), await sessions.delete(sam), await sessions.get(sam)]).to.deep.equal([true, false, null]);
      });
    });
  }

  describe("runs in PostgreSQL", () => {
    const newRun = (change: Partial<NewRun> = {}): NewRun => ({ runId: randomUUIDv7(), workspaceId: project.workspaceId, projectId: project.id, deploymentId: project.liveDeploymentId ?? "", request: { target: { kind: "api", name: "a", authSessionId: null, check: true, autoRecreate: true }, parameters: { secret: "needle" }, proxyUrl: null, sink: null }, target: "api a", kind: "api", api: "a", authSessionId: null, exclusiveKey: null, shownParameters: {}, timeoutMs: 1_000, maximumAttempts: 3, trace: false, priority: 0, notBefore: null, idempotencyKey: null, requestText: "text", origin: "test", retryOf: null, traceparent: null, ...change });
    const outcome = (runId: string): RunOutcome => ({ runId, status: "completed", result: { ok: true }, attempts: [], durationMs: 1, startedAt: new Date().toISOString(), files: [], losses: [] });
    const worker = randomUUIDv7();

    it("are claimed by one of many workers, each once", async () => {
      const wanted = new Set<string>();
      for (let number = 0; number < 20; number++) wanted.add((await store.runs.start(newRun())).run.runId);
      const stores = await Promise.all([open(), open()]);
      const claimed = (await Promise.all(Array.from({ length: 30 }, (_value, number) => (stores[number % 2] ?? store).runs.claim(project.id, worker)))).filter((one) => one !== null);
      expect(claimed).to.have.length(20);
      expect(new Set(claimed.map(({ run }) => run.runId))).to.deep.equal(wanted);
      for (const one of claimed) expect(await store.runs.finish(one, outcome(one.run.runId), [])).to.equal(true);
      await Promise.all(stores.map((one) => one[Symbol.asyncDispose]()));
    });

    it("record one outcome: whoever comes second, or was thought dead, records nothing", async () => {
      const { run } = (await store.runs.start(newRun()));
      const claimed = await store.runs.claim(project.id, worker);
      if (claimed === null) throw new Error("nothing was claimed");
      const results = await Promise.all([1, 2, 3].map(() => store.runs.finish(claimed, outcome(run.runId), [])));
      expect([...results].sort()).to.deep.equal([false, false, true]);
      expect(await store.runs.retryLater(claimed, outcome(run.runId))).to.equal(false);
      expect((await store.runs.get(project.id, run.runId))?.status).to.equal("completed");
    });

    it("with the same exclusive key go one after the other", async () => {
      const first = await store.runs.start(newRun({ exclusiveKey: "use sam" }));
      await store.runs.start(newRun({ exclusiveKey: "use sam" }));
      const other = await store.runs.start(newRun({ exclusiveKey: "use max" }));
      const claims = [await store.runs.claim(project.id, worker), await store.runs.claim(project.id, worker), await store.runs.claim(project.id, worker)];
      expect(claims.map((one) => one?.run.runId)).to.deep.equal([first.run.runId, other.run.runId, undefined]);
      for (const one of claims) if (one !== null) await store.runs.finish(one, outcome(one.run.runId), []);
      const last = await store.runs.claim(project.id, worker);
      expect(last).to.not.equal(null);
      if (last !== null) await store.runs.finish(last, outcome(last.run.runId), []);
    });

    it("keep a result exactly, whatever text is in it", async () => {
      const { run } = await store.runs.start(newRun({ shownParameters: { text: "nul \0 and half \ud800" } }));
      const claimed = await store.runs.claim(project.id, worker);
      if (claimed === null) throw new Error("nothing was claimed");
      const result = { z: 1, a: "nul \0", "": ["😀", "\\u0000"] };
      await store.runs.finish(claimed, { ...outcome(run.runId), result }, []);
      const kept = await store.runs.get(project.id, run.runId);
      expect(JSON.stringify(kept?.result)).to.equal(JSON.stringify(result));
      expect(kept?.parameters).to.deep.equal({ text: "nul \ufffd and half \ufffd" });
    });

    it("that cannot be recorded are not in the engine either, and none is in the engine alone", async () => {
      expect(await codeOf(store.runs.start(newRun({ deploymentId: randomUUIDv7() })))).to.not.equal("none");
      const client = new pg.Client({ host: postgres.socketDir, port: 5432, user: "latchkey", database: "latchkey" });
      await client.connect();
      const { rows } = await client.query("select j.id from pgboss.job j left join latchkey.runs r on r.id = j.id where j.name like 'project-%' and r.id is null");
      await client.end();
      expect(rows).to.deep.equal([]);
    });
  });

  describe("the database of a hosted runtime", () => {
    it("is brought up to date once, by however many start at the same time", async () => {
      const stores = await Promise.all([open(), open(), open()]);
      await Promise.all(stores.map((one) => one[Symbol.asyncDispose]()));
    });

    it("of a newer Latchkey is refused, and so is a wrong seal key", async () => {
      expect(await codeOf(open([randomBytes(32)]))).to.equal("SEAL_KEY_MISMATCH");
      const client = new pg.Client({ host: postgres.socketDir, port: 5432, user: "latchkey", database: "latchkey", options: "-c search_path=latchkey" });
      await client.connect();
      await client.query("insert into migrations (number, name) values (9999, 'from the future')");
      expect(await codeOf(open())).to.equal("SCHEMA_NEWER");
      await client.query("delete from migrations where number = 9999");
      await client.end();
    });

    it("frees the lock of a process that was killed", async () => {
      const lock = new URL("../../runtime/store/sql/lock.ts", import.meta.url).href;
      const database = new URL("../../runtime/store/sql/database.ts", import.meta.url).href;
      const script = `import { withAdvisoryLock } from ${JSON.stringify(lock)}; import { openDatabase } from ${JSON.stringify(database)}; await withAdvisoryLock(openDatabase({ socketDir: ${JSON.stringify(postgres.socketDir)} }, { connections: 1, name: "x" }), "${project.id} held use", { timeoutMs: 1000, signal: new AbortController().signal }, () => { process.stdout.write("held"); setInterval(() => undefined, 1000); return new Promise(() => undefined); });`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      const sessions = store.authSessions.of(project);
      const options = { signal: new AbortController().signal };
      expect(await codeOf(sessions.withLock("held", "use", { ...options, timeoutMs: 100 }, () => Promise.resolve()))).to.equal("AUTH_SESSION_BUSY");
      child.kill("SIGKILL");
      expect(await sessions.withLock("held", "use", { ...options, timeoutMs: 5_000 }, () => Promise.resolve("mine"))).to.equal("mine");
    });
  });
});
