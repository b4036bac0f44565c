import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect } from "chai";

const OURS = /^latchkey-(?:profile|test|verdaccio|node-red|demo)-/;

/** At the end of all tests nothing that they started may be left: no process, no folder. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    const folders = (await readdir(tmpdir())).filter((name) => OURS.test(name) && !before.has(name));
    expect(folders, "temporary folders that were left behind").to.deep.equal([]);
    expect(await processesOfAttempts(), "processes that were left behind").to.deep.equal([]);
  },
};

const before = new Set((await readdir(tmpdir())).filter((name) => OURS.test(name)));

async function processesOfAttempts(): Promise<readonly string[]> {
  if (process.platform !== "linux") return [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const marked = await Promise.all(pids.map(async (pid) => ((await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")).includes("LATCHKEY_ATTEMPT=") ? pid : null)));
  return marked.filter((pid) => pid !== null);
}
