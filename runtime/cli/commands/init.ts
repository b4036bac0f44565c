import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject } from "../../model/json.ts";
import { textOf, type AnyCommand } from "../command.ts";

const PACKAGE_DIR = join(import.meta.dirname, "../../..");
const TEMPLATES: Readonly<Record<string, string>> = { default: join(PACKAGE_DIR, "project-template") };

/** `latchkey init` */
export const initCommand: AnyCommand = {
  usage: "init [dir]",
  summary: "Make a new project",
  positionals: { dir: { type: "string", default: ".", describe: "The folder: new, or empty" } },
  options: { template: { type: "string", default: "default", choices: Object.keys(TEMPLATES), requiresArg: true, describe: "What to begin with" } },
  examples: [
    ["latchkey init my-project", "in a new folder"],
    ["latchkey init --template default", "in this folder"],
  ],
  async run(given, context) {
    const dir = resolve(context.cwd, textOf(given, "dir") ?? ".");
    const template = TEMPLATES[textOf(given, "template") ?? "default"] ?? "";
    const existing = await readdir(dir).catch((): string[] => []);
    if (existing.some((name) => name !== ".git")) throw new LatchkeyError("TARGET_EXISTS", `${dir} already has files in it.`);
    try {
      await mkdir(dir, { recursive: true });
      await cp(template, dir, { recursive: true });
      // npm leaves files of that name out of packages, so the template has it under another.
      await rename(join(dir, "gitignore"), join(dir, ".gitignore"));
      await namePackage(join(dir, "package.json"), basename(dir));
    } catch (cause) {
      throw new LatchkeyError("ENVIRONMENT", `The project could not be made in ${dir}: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
    }
    context.printJson({ dir, template: textOf(given, "template") });
    context.print(`A new project is in ${dir}.\n\n  cd ${textOf(given, "dir") ?? "."}\n  npm install\n  npx latchkey run hello '{"name": "Sam"}'`);
    return 0;
  },
};

async function namePackage(file: string, name: string): Promise<void> {
  const manifest: unknown = JSON.parse(await readFile(file, "utf8"));
  if (!isJsonObject(manifest) || !isJsonObject(manifest["dependencies"])) throw new Error("the template has no package.json");
  const source = await dependencyOnThis();
  const named = { ...manifest, name: name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, "-").replace(/^[._-]+/, "") || "project", dependencies: { ...manifest["dependencies"], latchkey: source } };
  await writeFile(file, `${JSON.stringify(named, null, 2)}\n`);
}

/** How the new project gets the very program that made it: from the registry, the tarball it was installed from, or a checkout. */
async function dependencyOnThis(): Promise<string> {
  const modulesDir = dirname(PACKAGE_DIR);
  const lock: unknown = await readFile(join(modulesDir, ".package-lock.json"), "utf8").then((text) => JSON.parse(text) as unknown, () => null);
  const packages = isJsonObject(lock) && isJsonObject(lock["packages"]) ? lock["packages"] : {};
  const entry = packages["node_modules/latchkey"];
  if (!isJsonObject(entry) || typeof entry["version"] !== "string") return `file:${PACKAGE_DIR}`;
  const { resolved, version } = entry;
  return typeof resolved === "string" && resolved.startsWith("file:") ? `file:${resolve(dirname(modulesDir), resolved.slice("file:".length))}` : `^${version}`;
}
