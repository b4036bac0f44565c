import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { create } from "tar";
import { contentHashOf } from "../../runtime/project/build-project.ts";
import type { Manifest } from "../../runtime/model/deployment.ts";
import type { JsonObject } from "../../runtime/model/json.ts";
import { runCli } from "../e2e/cli-process.ts";
import { startGate } from "../support/gate.ts";
import { startHosted, type Answer, type Hosted } from "../support/hosted.ts";

describe("deployments", () => {
  let hosted: Hosted;
  let dir: string;
  before(async () => {
    hosted = await startHosted({ slots: 2, project: null });
    dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
  });
  after(async () => {
    await hosted[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  /** An upload as a client that is not ours might make it. */
  const upload = async (files: Readonly<Record<string, string>>, change: { readonly manifest?: (manifest: Manifest) => object; readonly archive?: (archive: Buffer) => Buffer; readonly more?: Readonly<Record<string, string>>; readonly activate?: boolean } = {}): Promise<Answer> => {
    const place = await mkdtemp(join(dir, "upload-"));
    for (const [name, text] of Object.entries({ ...files, ...change.more })) {
      await mkdir(dirname(join(place, name)), { recursive: true });
      await writeFile(join(place, name), text);
    }
    const describeFile = ([file, text]: readonly [string, string]) => ({ file, sha256: createHash("sha256").update(text).digest("hex"), sizeBytes: Buffer.byteLength(text) });
    const content: Omit<Manifest, "contentHash"> = { format: 1, name: "hosted", targets: Object.entries(files).map((entry) => ({ name: entry[0].replace(/^api\/(.*)\.mjs$/, "$1"), source: entry[0], parameterSchema: null, ...describeFile(entry) })), setupContext: null, files: [], settings: {}, authSessions: { enabled: false, type: "credentials", mode: "exclusive", checkEveryMs: null, attentionWebhookUrl: null }, maxConcurrentRequests: null, samples: {} };
    const manifest = { ...content, contentHash: contentHashOf(content) };
    await create({ gzip: true, cwd: place, file: join(place, "a.tgz"), portable: true }, Object.keys({ ...files, ...change.more }));
    const { readFile } = await import("node:fs/promises");
    const archive = await readFile(join(place, "a.tgz"));
    const form = new FormData();
    form.set("manifest", JSON.stringify(change.manifest?.(manifest) ?? manifest));
    form.set("activate", String(change.activate ?? true));
    form.set("archive", new Blob([new Uint8Array(change.archive?.(archive) ?? archive)]), "archive.tar.gz");
    const response = await fetch(`${hosted.url}/api/v1/workspace/default/projects/hosted/deployments`, { method: "POST", headers: { "x-api-key": hosted.key }, body: form });
    return { status: response.status, body: (await response.json()) as JsonObject, headers: response.headers };
  };
  const says = (word: string): string => `export default async () => ${JSON.stringify(word)};\n`;
  const ask = async (): Promise<unknown> => (await hosted.ended(await hosted.start("say")))["result"];

  it("become live as a whole, and can be rolled back", async () => {
    const first = await upload({ "api/say.mjs": says("one") });
    expect([first.status, first.body["active"]]).to.deep.equal([201, true]);
    expect(await ask()).to.equal("one");
    expect((await upload({ "api/say.mjs": says("two") })).status).to.equal(201);
    expect(await ask()).to.equal("two");
    const env = { ...hosted.env, LATCHKEY_SERVER: hosted.url, LATCHKEY_API_KEY: hosted.key };
    const rolledBack = await runCli(dir, ["deployments", "rollback", "--project", "hosted"], { env });
    expect([rolledBack.exitCode, rolledBack.stdout.includes(String(first.body["id"]))]).to.deep.equal([0, true]);
    expect(await ask()).to.equal("one");
    const again = await upload({ "api/say.mjs": says("two") }, { activate: false });
    expect([again.status, again.body["isNew"]]).to.deep.equal([200, false]);
    expect(await ask()).to.equal("one");
  });

  it("that replace another one let its runs end on what they began with", async () => {
    await using gate = await startGate();
    await upload({ "api/say.mjs": `export default async () => { await (await fetch(${JSON.stringify(gate.url)})).text(); return "old"; };\n` });
    const going = await hosted.start("say");
    await gate.arrived(1);
    await upload({ "api/say.mjs": says("new") });
    expect(await ask()).to.equal("new");
    gate.open();
    expect((await hosted.ended(going))["result"]).to.equal("old");
  });

  it("that are not what they say are refused, and what was live stays live", async () => {
    await upload({ "api/say.mjs": says("good") });
    const say = { "api/say.mjs": says("bad") };
    const file = (manifest: Manifest, path: string): object => {
      const { contentHash: _hash, ...content } = { ...manifest, targets: manifest.targets.map((target) => ({ ...target, file: path })) };
      return { ...content, contentHash: contentHashOf(content) };
    };
    const cases: readonly (readonly [string, Promise<Answer>, string])[] = [
      ["another hash", upload(say, { manifest: (manifest) => ({ ...manifest, contentHash: "0".repeat(64) }) }), "own hash"],
      ["another size", upload(say, { manifest: (manifest) => ({ ...manifest, targets: manifest.targets.map((target) => ({ ...target, sizeBytes: 1 })) }) }), "own hash"],
      ["a path upwards", upload(say, { manifest: (manifest) => file(manifest, "../../escape.mjs") }), "leads out"],
      ["an absolute path", upload(say, { manifest: (manifest) => file(manifest, "/etc/escape.mjs") }), "leads out"],
      ["a file too many", upload(say, { more: { "extra.txt": "x" } }), "not in the manifest"],
      ["no archive", upload(say, { archive: () => Buffer.from("not a tarball") }), "cannot be read"],
      ["half an archive", upload(say, { archive: (archive) => archive.subarray(0, archive.length / 2) }), "cannot be read"],
      ["an unknown key", upload(say, { manifest: (manifest) => ({ ...manifest, colour: "red" }) }), "additional properties"],
      ["code that throws", upload({ "api/say.mjs": 'throw new Error("broken at load");' }), "broken at load"],
      ["code that exits", upload({ "api/say.mjs": "process.exit(3);" }), "exit code 3"],
      ["no function", upload({ "api/say.mjs": "export default 1;" }), "no function"],
    ];
    for (const [what, answering, words] of cases) {
      const answer = await answering;
      expect([answer.status, (answer.body["details"] as JsonObject)["code"]], `${what}: ${JSON.stringify(answer.body)}`).to.deep.equal([422, "DEPLOYMENT_INVALID"]);
      expect(String(answer.body["message"]), what).to.include(words);
    }
    expect(await ask()).to.equal("good");
  });

  it("cannot switch on what the operator has switched off", async () => {
    await using closed = await startHosted({ slots: 1, env: { LATCHKEY_ALLOW_PRIVATE: "false" }, settings: JSON.stringify({ name: "hosted", network: { allowPrivate: true, allowHosts: ["127.0.0.1"] }, authSessions: { enabled: true, checkAttempts: 1, createAttempts: 1, apis: [{ pattern: "*", auth: "none" }] } }) });
    await using gate = await startGate();
    const { body } = await closed.request("POST", "auth-sessions/create", { id: "sam", parameters: { url: gate.url.slice(0, -1), username: "sam", password: "geheim-geheim" }, createAttempts: 1 });
    const result = await closed.ended(String(body["operationId"]));
    expect(((result["error"] as JsonObject)["details"] as JsonObject)["code"]).to.equal("EGRESS_DENIED");
    expect(gate.arrivals).to.equal(0);
  });
});
