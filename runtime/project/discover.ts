import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { parse } from "dotenv";
import { LatchkeyError } from "../model/errors.ts";
import type { ApiFile, Project } from "../model/project.ts";

const SOURCE = /\.(?:ts|mts|js|mjs)$/;
const NOT_AN_API = /(?:\.d\.m?ts|\.test\.m?[tj]s)$|(?:^|\/)_/;
const EXTENSIONS = ["ts", "mts", "js", "mjs"];

/** What a project's folder holds, without its settings. */
export type DiscoveredProject = Omit<Project, "settings">;

/** The project that `from` lies in: the nearest folder upwards that has settings or an `api/`; null where there is none. */
export function findProjectDir(from: string): string | null {
  for (let dir = from; ; dir = dirname(dir)) {
    if (isProjectDir(dir)) return dir;
    if (dirname(dir) === dir) return null;
  }
}

function isProjectDir(dir: string): boolean {
  return ["latchkey.jsonc", "latchkey.json", "Intuned.jsonc", "Intuned.json"].some((name) => existsSync(join(dir, name))) || (existsSync(join(dir, "api")) && existsSync(join(dir, "package.json")));
}

/**
 * Finds a project's APIs, auth session files and environment; none of its code is read.
 *
 * @throws LatchkeyError `PROJECT_NOT_FOUND`, `API_INVALID`.
 */
export async function discoverProject(dir: string): Promise<DiscoveredProject> {
  if (!existsSync(dir)) throw new LatchkeyError("PROJECT_NOT_FOUND", `There is no folder ${dir}.`);
  if (!isProjectDir(dir) && !existsSync(join(dir, "api"))) throw new LatchkeyError("PROJECT_NOT_FOUND", `${dir} is not a project: it has no latchkey.jsonc and no api/ folder.`);
  const authSessions = { create: findSource(dir, "auth-sessions/create"), check: findSource(dir, "auth-sessions/check") };
  if (authSessions.create !== null && authSessions.check === null) throw new LatchkeyError("API_INVALID", "The project has auth-sessions/create, but no auth-sessions/check to tell whether a login still holds.", { hint: "Add auth-sessions/check.ts: export default async function (page, context) { return boolean }" });
  return { dir: realpathSync(dir), apis: await findApis(dir), authSessions, setupContext: findSource(dir, "hooks/setupContext"), env: readEnvFile(join(dir, ".env")) };
}

async function findApis(dir: string): Promise<ReadonlyMap<string, ApiFile>> {
  const apiDir = join(dir, "api");
  if (!existsSync(apiDir)) return new Map();
  const root = realpathSync(apiDir);
  const names = (await readdir(apiDir, { recursive: true })).map((name) => name.split(sep).join("/")).filter((name) => SOURCE.test(name) && !NOT_AN_API.test(name) && !name.includes("node_modules/")).sort();
  const apis = new Map<string, ApiFile>();
  for (const path of names) {
    const file = join(apiDir, path);
    // A link that leads out of the folder is not the project's own code.
    if (!statSync(file).isFile() || relative(root, realpathSync(file)).startsWith("..")) continue;
    const name = path.replace(SOURCE, "");
    const other = apis.get(name);
    if (other !== undefined) throw new LatchkeyError("API_INVALID", `Two files make the API "${name}": ${relative(dir, other.file)} and ${relative(dir, file)}.`, { hint: "Rename or remove one of them." });
    apis.set(name, { name, file });
  }
  return apis;
}

function findSource(dir: string, path: string): string | null {
  return EXTENSIONS.map((extension) => join(dir, `${path}.${extension}`)).find((file) => existsSync(file)) ?? null;
}

/** Variables of a `.env` file; none where there is no file. */
export function readEnvFile(file: string): Readonly<Record<string, string>> {
  return existsSync(file) ? parse(readFileSync(file)) : {};
}
