import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { build } from "esbuild";
import type { BuiltTarget, Manifest, ManifestFile } from "../model/deployment.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { Project, ProjectCompiler, Target } from "../model/project.ts";
import { assertDefaultExport } from "./compile.ts";
import { describeBuildFailure } from "./describe-build-failure.ts";
import { sourceOfTarget } from "./source-of-target.ts";

/** Folders whose files declare jobs and queues. */
const RESOURCE_DIRS = ["latchkey", "intuned-resources"];

/** What was built, and where. */
export interface BuiltProject {
  readonly manifest: Manifest;
  /** Absolute folder of the bundles and the manifest. */
  readonly dir: string;
}

/**
 * Bundles every function of a project with all its packages, and writes the manifest.
 *
 * @param settings the settings file as it was read: a deployment carries it along.
 * @throws LatchkeyError `BUILD_FAILED`, `NATIVE_ADDON`, `API_INVALID`, `SCHEMA_FAILED`.
 */
export async function buildProject(project: Project, compiler: ProjectCompiler, settings: JsonObject): Promise<BuiltProject> {
  const dir = join(project.dir, ".latchkey", "dist");
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const wanted: Target[] = [...[...project.apis.keys()].map((name) => ({ kind: "api", name }) as const), ...(project.authSessions.create === null ? [] : [{ kind: "create" } as const]), ...(project.authSessions.check === null ? [] : [{ kind: "check" } as const])];
  const targets = await inParallel(wanted, (target) => buildTarget(project, compiler, target, dir));
  const setupContext = project.setupContext === null ? null : await bundle(project, project.setupContext, dir, "hooks/setupContext.mjs");
  await copyResources(project.dir, dir);
  const bundles = new Set([...targets.map(({ file }) => file), ...(setupContext === null ? [] : [setupContext.file])]);
  const files = await Promise.all((await filesBelow(dir)).filter((file) => !bundles.has(file)).map((file) => describeFile(dir, file)));
  const { enabled, type, mode, checkEveryMs, attentionWebhookUrl } = project.settings.authSessions;
  const content = { format: 1, name: project.settings.name, targets, setupContext, files, settings, authSessions: { enabled, type, mode, checkEveryMs, attentionWebhookUrl }, maxConcurrentRequests: project.settings.replication.maxConcurrentRequests, samples: await readSamples(project) } as const;
  const manifest: Manifest = { ...content, contentHash: contentHashOf(content) };
  await writeFile(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, dir };
}

/** Schemas are derived by a process of its own each, which takes most of the time: one for every processor at once. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const [index, item] of queue) results[index] = await work(item);
    }),
  );
  return results;
}

/** The hash that names a build: of everything in its manifest, and so of every file. */
export function contentHashOf(content: Omit<Manifest, "contentHash">): string {
  return createHash("sha256").update(JSON.stringify(sorted(content))).digest("hex");
}

/** Objects with their keys in order, so that whoever reads the manifest gets the same hash. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

async function copyResources(projectDir: string, dir: string): Promise<void> {
  for (const name of RESOURCE_DIRS) {
    const from = join(projectDir, name);
    if (existsSync(from)) await cp(from, join(dir, name), { recursive: true, filter: (path) => !/(?:^|\/)(?:node_modules|\.git)(?:\/|$)/.test(relative(from, path)) });
  }
}

/** `.parameters/api/<name>/<sample>.json`, and `.parameters/<name>.json` for one sample alone. Broken ones are left out: they are only suggestions. */
async function readSamples(project: Project): Promise<Manifest["samples"]> {
  const samples: Record<string, Record<string, JsonObject>> = {};
  for (const api of project.apis.keys()) {
    const places = [join(project.dir, ".parameters", "api", api), join(project.dir, ".parameters", api)];
    for (const place of places) {
      const found = [...(await readdir(place).catch((): string[] => [])).filter((name) => name.endsWith(".json")).map((name) => [name.slice(0, -5), join(place, name)] as const), ["default", `${place}.json`] as const];
      for (const [name, file] of found) {
        const value: unknown = await readFile(file, "utf8").then((text) => JSON.parse(text) as unknown, () => null);
        if (isJsonObject(value)) (samples[api] ??= {})[name] = value;
      }
    }
  }
  return samples;
}

async function filesBelow(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(dir, join(entry.parentPath, entry.name))).sort();
}

async function describeFile(dir: string, file: string): Promise<ManifestFile> {
  const bytes = await readFile(join(dir, file));
  return { file, sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}

async function buildTarget(project: Project, compiler: ProjectCompiler, target: Target, dir: string): Promise<BuiltTarget> {
  const source = sourceOfTarget(project, target);
  const shown = relative(project.dir, source);
  const name = target.kind === "api" ? target.name : `auth-sessions/${target.kind}`;
  const file = `${target.kind === "api" ? `api/${target.name}` : name}.mjs`;
  const described = await bundle(project, source, dir, file);
  const parameterSchema = target.kind === "check" ? null : await compiler.parameterSchema(project, target);
  return { name, source: shown, ...described, parameterSchema };
}

async function bundle(project: Project, source: string, dir: string, file: string): Promise<ManifestFile> {
  const shown = relative(project.dir, source);
  const result = await build({
    entryPoints: [source],
    absWorkingDir: project.dir,
    outfile: join(dir, file),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    sourcemap: "linked",
    metafile: true,
    logLevel: "silent",
    loader: { ".node": "empty" },
    external: ["latchkey", "@intuned/runtime"],
    plugins: [
      {
        name: "native-addons",
        setup: ({ onLoad }) => onLoad({ filter: /\.node$/ }, ({ path }) => ({ errors: [{ text: `${relative(project.dir, path)} is a native addon, which cannot be bundled`, detail: "NATIVE_ADDON" }] })),
      },
    ],
    // A package written as CommonJS may call require for Node's own modules.
    banner: { js: 'import { createRequire as latchkeyCreateRequire } from "node:module"; const require = latchkeyCreateRequire(import.meta.url);' },
  }).catch((thrown: unknown) => {
    throw describeBuildFailure(thrown, shown);
  });
  assertDefaultExport(result.metafile, shown);
  return describeFile(dir, file);
}
