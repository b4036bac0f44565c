import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { buildProject, openProject } from "../../runtime/compose.ts";
import type { OpenProject } from "../../runtime/model/open-project.ts";

describe("loading a project", function () {
  this.timeout(60_000);
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    await put({ "package.json": '{"type": "module"}' });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const put = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), text);
    }
  };
  const warnings: string[] = [];
  const open = (): Promise<OpenProject> => openProject({ dir, overrides: {}, env: {}, warn: (text) => warnings.push(text) });
  const compile = async (name: string): Promise<string> => {
    const project = await open();
    return (await project.compiler.compile(project.project, { kind: "api", name })).file;
  };
  const schemaOf = async (name: string): Promise<unknown> => {
    const project = await open();
    return project.compiler.parameterSchema(project.project, { kind: "api", name });
  };
  const errorOf = (promise: Promise<unknown>): Promise<{ code?: string; message: string; facts?: { where?: string; hint?: string } }> => promise.then(() => ({ message: "no error" }), (thrown: { code?: string; message: string }) => thrown);

  it("finds APIs by their path, and leaves out tests and helpers", async () => {
    await put({ "api/list.ts": "", "api/orders/items/show.js": "", "api/_helper.ts": "", "api/list.test.ts": "", "api/types.d.ts": "" });
    expect([...(await open()).project.apis.keys()]).to.deep.equal(["list", "orders/items/show"]);
  });

  it("refuses two files for one name, and a login without a check", async () => {
    await put({ "api/a.ts": "", "api/a.js": "" });
    expect(await errorOf(open())).to.include({ code: "API_INVALID" });
    await rm(join(dir, "api/a.js"));
    await put({ "auth-sessions/create.ts": "" });
    expect((await errorOf(open())).message).to.include("auth-sessions/check");
  });

  it("bundles the project's own files, JSON and paths of tsconfig.json, and leaves packages to Node", async () => {
    await put({
      "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}',
      "lib/data.json": '{"answer": 42}',
      "lib/read.ts": 'import data from "./data.json";\nexport const answer: number = data.answer;',
      "node_modules/some-package/package.json": '{"name": "some-package", "type": "module", "exports": "./index.js"}',
      "node_modules/some-package/index.js": 'export const word = "from the package";',
      "api/all.ts": 'import { answer } from "@/read.ts";\nimport { word } from "some-package";\nimport { RunError } from "latchkey";\nexport default async function all() { return [answer, word, typeof RunError]; }',
    });
    const module = (await import(pathToFileURL(await compile("all")).href)) as { default: () => Promise<unknown> };
    expect(await module.default()).to.deep.equal([42, "from the package", "function"]);
  });

  for (const [what, text, code, words] of [
    ["a syntax error, with its line", "export default async function x() {\n  return ((;\n}", "BUILD_FAILED", "api/x.ts:2:12"],
    ["a missing default export, with what there is instead", "export async function run() {}", "API_INVALID", "It exports run."],
    ["an empty file", "", "API_INVALID", "It exports nothing."],
    ["a package that is not installed", 'import _ from "not-there";\nexport default async () => _;', "BUILD_FAILED", "not-there is not installed"],
    ["a file that is not there", 'import x from "./gone.ts";\nexport default async () => x;', "BUILD_FAILED", "./gone.ts"],
    ["a native addon", 'import x from "./addon.node";\nexport default async () => x;', "NATIVE_ADDON", "addon.node"],
  ] as const) {
    it(`tells of ${what}`, async () => {
      await put({ "api/x.ts": text, "addon.node": "" });
      const error = await errorOf(compile("x"));
      expect(error).to.have.property("code", code);
      expect(error.message).to.include(words);
    });
  }

  it("derives schemas from types in every form of a function, constraints included", async () => {
    await put({
      "types.ts": "export interface Shared {\n  /** @minimum 1 */\n  count: number; kind?: 'a' | 'b' }",
      "api/declared.ts": 'import type { Shared } from "../types.ts";\nexport default async function declared(params: Shared) { return params; }',
      "api/arrow.ts": "const run = async (params: { name: string }) => params;\nexport default run;",
      "api/handler.ts": "type Handler<T> = (params: T) => Promise<unknown>;\nconst run: Handler<{ id: string }> = async (params) => params;\nexport default run;",
      "api/anything.ts": "export default async function anything(params: any) { return params; }",
      "api/nothing.ts": "export default async function nothing() { return 1; }",
      "api/plain.js": "export default async function plain(params) { return params; }",
    });
    expect(await schemaOf("declared")).to.have.nested.property("properties.count.minimum", 1);
    expect(await schemaOf("declared")).to.have.nested.property("properties.kind.enum").deep.equal(["a", "b"]);
    expect(await schemaOf("arrow")).to.have.deep.property("required", ["name"]);
    for (const name of ["anything", "nothing", "plain"]) expect(await schemaOf(name), name).to.equal(null);
  });

  it("makes a schema anew when a type in another file has changed", async () => {
    await put({ "types.ts": "export interface Params { a: string }", "api/x.ts": 'import type { Params } from "../types.ts";\nexport default async (params: Params) => params;' });
    expect(await schemaOf("x")).to.have.deep.property("required", ["a"]);
    await put({ "types.ts": "export interface Params { b: string }" });
    expect(await schemaOf("x")).to.have.deep.property("required", ["b"]);
  });

  it("tells of every mistake in the settings, with its place and the nearest key", async () => {
    await put({ "api/x.ts": "", "latchkey.jsonc": '{\n  "run": { "timeoutMS": 5, "memoryMb": "much" },\n  "trcae": true\n}' });
    const { code, message } = await errorOf(open());
    expect(code).to.equal("SETTINGS_INVALID");
    expect(message).to.include('latchkey.jsonc:2:25: there is no setting "run.timeoutMS". Did you mean "run.timeoutMs"?').and.include('"trcae". Did you mean "trace"?').and.include("run.memoryMb must be integer");
  });

  it("takes settings from defaults, file, environment and flags, the last one winning", async () => {
    await put({ "api/x.ts": "", "latchkey.jsonc": '{ "run": { "timeoutMs": "2m", "memoryMb": 512 } }' });
    const { project } = await openProject({ dir, overrides: { "run.memoryMb": 1024 }, env: { LATCHKEY_RUN_MEMORY_MB: "2000", LATCHKEY_TRACE: "true" }, warn: () => undefined });
    expect(project.settings.run).to.include({ timeoutMs: 120_000, memoryMb: 1024, maxResultBytes: 2 * 1024 * 1024 });
    expect(project.settings.trace).to.equal(true);
    expect(project.settings.authSessions.enabled).to.equal(false);
  });

  it("loads a project of Intuned as it is", async () => {
    await put({
      "Intuned.json": '{ "projectName": "moved", "authSessions": { "enabled": true, "type": "API" }, "browserSize": { "width": 1000, "height": 700 }, "region": "us" }',
      "api/list.ts": 'import { extendPayload } from "@intuned/runtime";\nexport default async function list() { return typeof extendPayload; }',
      "auth-sessions/create.ts": "export default async function* create() { yield 1; }",
      "auth-sessions/check.ts": "export default async () => true;",
    });
    const { project } = await open();
    expect(project.settings).to.include({ name: "moved" });
    expect(project.settings.browser.viewport).to.deep.equal({ width: 1000, height: 700 });
    expect(warnings.at(-1)).to.include("region");
    const module = (await import(pathToFileURL(await compile("list")).href)) as { default: () => Promise<unknown> };
    expect(await module.default()).to.equal("function");
  });

  it("builds bundles and a manifest; the same sources give the same hash", async () => {
    await put({ "api/x.ts": "export default async (params: { a: string }) => params;" });
    const project = await open();
    const { manifest: first } = await buildProject(project.project, project.compiler);
    const { manifest: second } = await buildProject(project.project, project.compiler);
    expect(first.contentHash).to.equal(second.contentHash);
    expect(first.targets[0]).to.include({ name: "x", file: "api/x.mjs" });
    expect(first.targets[0]?.parameterSchema).to.have.deep.property("required", ["a"]);
  });
});
