/**
 * `npm run bench`: every measurement, one after the other, as tables of medians and ratios.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const SCRIPTS = ["restore", "cold-cli", "proxy-overhead", "bundling", "hosted-runs", "saturation", "store", "dispatch", "dashboard", "live-view"];
const wanted = process.argv.slice(2);

for (const name of SCRIPTS.filter((script) => wanted.length === 0 || wanted.includes(script))) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
