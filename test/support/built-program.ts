import { spawnSync } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** The program as it is installed: built, with the child as one file. Built again when the sources are newer. */
export function builtProgram(): string {
  const builtAtMs = statSync(join(ROOT, "dist", "cli", "main.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isStale = globSync("runtime/**/*.{ts,sql}", { cwd: ROOT }).some((file) => statSync(join(ROOT, file)).mtimeMs > builtAtMs);
  if (isStale) {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts", "build.ts")], { encoding: "utf8" });
    if (status !== 0) throw new Error(`The program could not be built: ${stderr}`);
  }
  return join(ROOT, "bin", "latchkey.js");
}
