/**
 * Checks what a reader relies on: direction of imports, no cycles, small files, no `any`.
 *
 * @module
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { MAY_IMPORT, MAY_IMPORT_TOP, TOP_FILES } from "./direction.ts";

const MEDIAN_LINES = 100;
const P90_LINES = 250;
const MAX_LINES = 400;

const root = join(import.meta.dirname, "..");
const runtime = join(root, "runtime");
const files = globSync("**/*.ts", { cwd: runtime }).sort();
const problems: string[] = [];
const imports = new Map<string, readonly string[]>();

for (const file of files) {
  const text = readFileSync(join(runtime, file), "utf8");
  const imported = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, path = ""]) => relative(runtime, join(runtime, dirname(file), path)));
  imports.set(file, imported.filter((path) => files.includes(path)));
  for (const target of imported) checkDirection(file, target);
  if (/:\s*any\b|\bas any\b|<any>/.test(text)) problems.push(`runtime/${file} uses any.`);
  if (/@ts-(?:ignore|nocheck|expect-error)/.test(text)) problems.push(`runtime/${file} switches the type check off.`);
}
checkCycles();
checkSizes();
checkDashboard();
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);
process.stdout.write(`structure: ${files.length} files, direction, cycles and sizes are as they should be\n`);

function checkDirection(file: string, target: string): void {
  const [folder = ""] = file.split("/");
  const [targetFolder = ""] = target.split("/");
  if (target.startsWith("..") || target === "package.json") return;
  if (folder === targetFolder || targetFolder === "model") return;
  const allowed = file.includes("/") ? [...(MAY_IMPORT[folder] ?? []), ...(MAY_IMPORT_TOP[folder] ?? [])] : (TOP_FILES[folder] ?? []);
  if (!allowed.includes(targetFolder)) problems.push(`runtime/${file} imports ${target}: ${folder} may import ${["model", ...allowed].join(", ")} only. Take it as an argument typed by a port in model/, or change scripts/direction.ts with a reason.`);
}

function checkCycles(): void {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      problems.push(`A cycle of imports: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
      return;
    }
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
}

/** The dashboard knows the server by its HTTP API alone, and its files are as small as the runtime's. */
function checkDashboard(): void {
  const folder = join(root, "dashboard", "src");
  for (const file of globSync("**/*.{ts,tsx,css}", { cwd: folder })) {
    const text = readFileSync(join(folder, file), "utf8");
    if (text.split("\n").length > MAX_LINES) problems.push(`dashboard/src/${file} has more than ${MAX_LINES} lines.`);
    // Not the word in a comment.
    if (/:\s*any\s*[;,)>=|&{[]|\bas any\b|<any>/.test(text)) problems.push(`dashboard/src/${file} uses any.`);
    if (/@ts-(?:ignore|nocheck|expect-error)/.test(text)) problems.push(`dashboard/src/${file} switches the type check off.`);
    if (/from "[./]+\/runtime\//.test(text)) problems.push(`dashboard/src/${file} imports from the runtime: it speaks the HTTP API only.`);
  }
}

function checkSizes(): void {
  const lines = files.map((file) => ({ file, count: readFileSync(join(runtime, file), "utf8").split("\n").length })).sort((a, b) => a.count - b.count);
  const at = (share: number): number => lines[Math.floor(lines.length * share)]?.count ?? 0;
  if (at(0.5) > MEDIAN_LINES) problems.push(`The median file of runtime/ has ${at(0.5)} lines; ${MEDIAN_LINES} are allowed.`);
  if (at(0.9) > P90_LINES) problems.push(`One file of ten in runtime/ has more than ${at(0.9)} lines; ${P90_LINES} are allowed.`);
  for (const { file, count } of lines) if (count > MAX_LINES) problems.push(`runtime/${file} has ${count} lines; ${MAX_LINES} are allowed.`);
}
