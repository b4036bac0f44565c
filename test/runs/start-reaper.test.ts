import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startReaper } from "../../runtime/runs/start-reaper.ts";
import { processesWith, until } from "../support/processes.ts";

describe("the reaper", () => {
  let folder: string;
  const started: ChildProcess[] = [];
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "latchkey-test-"))));
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });
  const sleeper = (env: Readonly<Record<string, string>> = {}): { readonly pid: number; readonly gone: Promise<unknown> } => {
    const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore", env: { PATH: process.env["PATH"] ?? "", ...env } });
    started.push(child);
    return { pid: child.pid ?? 0, gone: new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal))) };
  };
  const makeFolder = async (name: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(path);
    await writeFile(join(path, "file"), "");
    return path;
  };

  it("ends and removes what is guarded when it ends, and nothing else", async () => {
    const [guarded, released, marked, alike] = [sleeper(), sleeper(), sleeper({ LATCHKEY_ATTEMPT: "run-7.1" }), sleeper({ LATCHKEY_ATTEMPT: "run-7.10" })];
    const [kept, removed] = [await makeFolder("kept"), await makeFolder("re moved 'quoted' $(touch x)")];
    const reaper = startReaper();
    reaper.guardGroup(guarded.pid);
    reaper.guardGroup(released.pid)[Symbol.dispose]();
    reaper.guardMarker("run-7.1");
    reaper.guardFolder(removed);
    reaper.guardFolder(kept)[Symbol.dispose]();
    await reaper[Symbol.asyncDispose]();
    expect(await Promise.all([guarded.gone, marked.gone])).to.deep.equal(["SIGKILL", "SIGKILL"]);
    expect([existsSync(removed), existsSync(kept)]).to.deep.equal([false, true]);
    expect(await processesWith("sleep\u00001000")).to.include(released.pid).and.include(alike.pid);
  });

  it("does its work when its owner is killed with SIGKILL", async () => {
    const removed = await makeFolder("removed");
    const guarded = sleeper();
    const source = `import { startReaper } from ${JSON.stringify(join(import.meta.dirname, "../../runtime/runs/start-reaper.ts"))}; const reaper = startReaper(); reaper.guardGroup(${guarded.pid}); reaper.guardFolder(${JSON.stringify(removed)}); process.stdout.write("ready"); setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module-typescript", "-e", source], { stdio: ["ignore", "pipe", "inherit"] });
    started.push(owner);
    await new Promise((resolve) => owner.stdout.once("data", resolve));
    owner.kill("SIGKILL");
    expect(await guarded.gone).to.equal("SIGKILL");
    await until(() => !existsSync(removed));
  });

  it("does not keep its owner's process alive", async () => {
    const source = `import { startReaper } from ${JSON.stringify(join(import.meta.dirname, "../../runtime/runs/start-reaper.ts"))}; startReaper().guardMarker("run-8.1");`;
    const owner = spawn(process.execPath, ["--input-type=module-typescript", "-e", source], { stdio: "inherit" });
    started.push(owner);
    expect(await new Promise((resolve) => owner.once("exit", resolve))).to.equal(0);
  });

  it("refuses what could do harm", () => {
    const reaper = startReaper();
    for (const pgid of [0, 1, -5, 1.5, Number.NaN]) expect(() => reaper.guardGroup(pgid), String(pgid)).to.throw("cannot guard");
    for (const path of ["", "relative", "/", "/tmp", "//tmp/", "/tmp/a\n+group 1", "/tmp/../x"]) expect(() => reaper.guardFolder(path), path).to.throw("cannot guard");
    for (const marker of ["", "a b", "a\n", "$(x)", "*"]) expect(() => reaper.guardMarker(marker), marker).to.throw("cannot guard");
    return reaper[Symbol.asyncDispose]();
  });
});
