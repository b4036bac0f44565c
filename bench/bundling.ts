/**
 * Compiling one file of a project: packages left to Node, as for a run, beside everything bundled.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { median, ms, printTable, ratio, timeMs } from "./measure.ts";

const REPEATS = 15;

const root = join(import.meta.dirname, "..");
const dir = await mkdtemp(join(tmpdir(), "latchkey-bench-"));
const entry = join(root, "runtime", "worker", "child.ts");
const compile = (packages: "external" | "bundle"): Promise<unknown> => build({ entryPoints: [entry], bundle: true, packages, platform: "node", format: "esm", outfile: join(dir, `${packages}.mjs`), sourcemap: "linked", logLevel: "silent" });
await compile("external");
const external: number[] = [];
const whole: number[] = [];
for (let repeat = 0; repeat < REPEATS; repeat++) {
  external.push(await timeMs(() => compile("external")));
  whole.push(await timeMs(() => compile("bundle")));
}
printTable(`Compiling (median of ${REPEATS})`, [
  ["everything bundled", "packages left to Node", "ratio"],
  [ms(median(whole)), ms(median(external)), ratio(median(whole) / median(external))],
]);
await rm(dir, { recursive: true, force: true });
