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
  const marked = await Promise.all(
    pids.map(async (pid) => {
      const [environment, stat] = await Promise.all(["environ", "stat"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")));
      // Children of another Latchkey that runs at the same time are its own; ours, and those that lost their parent, are leaks.
      const parent = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return environment?.includes("LATCHKEY_ATTEMPT=") === true && (parent === process.pid || parent === 1) ? pid : null;
    }),
  );
  return marked.filter((pid) => pid !== null);
}
