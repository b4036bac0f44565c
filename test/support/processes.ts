import { readdir, readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** Pids of running processes whose command line or environment has the text. Zombies, which nobody has reaped yet, do not run. */
export async function processesWith(text: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [commandLine, environment, stat] = await Promise.all(["cmdline", "environ", "stat"].map((name) => readFile(`/proc/${pid}/${name}`, "latin1").catch(() => "")));
      return `${commandLine}\n${environment}`.includes(text) && !/\) [ZX] /.test(stat ?? "") ? Number(pid) : null;
    }),
  );
  return found.filter((pid) => pid !== null);
}

/** Looks again and again until it is so; the test's own timeout is the limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(10);
}
