/**
 * Builds `dist/`: JavaScript and types of the runtime, the child process as one file, which starts twice as fast, and the dashboard.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, globSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { buildDashboard } from "./build-dashboard.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const compiled = spawnSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
if (compiled.status !== 0) process.exit(1);
// TypeScript leaves some dynamic imports as they are when it rewrites the code around them; nothing here is to name a .ts file.
const unresolved = globSync("**/*.js", { cwd: dist }).filter((file) => /(?:from |import\()"\.[^"]*\.ts"/.test(readFileSync(join(dist, file), "utf8")));
if (unresolved.length > 0) {
  process.stderr.write(`These files import TypeScript sources: ${unresolved.join(", ")}\n`);
  process.exit(1);
}
await build({
  entryPoints: [join(root, "runtime", "worker", "child.ts")],
  outfile: join(dist, "worker", "child-bundle.cjs"),
  bundle: true,
  // Names stay: those of error classes are shown to people.
  minifyWhitespace: true,
  minifySyntax: true,
  platform: "node",
  format: "cjs",
  target: "node24",
  logLevel: "error",
});
// SQL is read as it is.
cpSync(join(root, "runtime", "store", "sql", "migrations"), join(dist, "store", "sql", "migrations"), { recursive: true });
copyFileSync(join(root, "runtime", "observe", "chrome-har.d.ts"), join(dist, "observe", "chrome-har.d.ts"));
if (!(await buildDashboard())) process.exit(1);
// The set-up compares this file's time with the sources'.
utimesSync(join(dist, "cli", "main.js"), new Date(), new Date());
