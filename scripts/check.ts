/**
 * `npm run check`: everything that is checked without running the product.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = (path: string): string => join(root, "node_modules", path);
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  types: [bin("typescript/bin/tsc"), "-p", "tsconfig.json"],
  "types of the dashboard": [bin("typescript/bin/tsc"), "-p", "dashboard/tsconfig.json"],
  structure: ["scripts/check-structure.ts"],
  docs: ["scripts/generate-docs.ts", "--check"],
  links: ["scripts/check-links.ts"],
  lint: [bin("eslint/bin/eslint.js"), "."],
  unused: [bin("knip/bin/knip.js")],
};

for (const [name, args] of Object.entries(CHECKS)) {
  process.stdout.write(`check: ${name} …\n`);
  const child = spawn(process.execPath, [...args], { cwd: root, stdio: "inherit" });
  const exitCode = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (exitCode === 0) continue;
  process.stdout.write(`check: ${name} found something to mend\n`);
  process.exitCode = 1;
}
