import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { mkdir } from "node:fs/promises";
import { LatchkeyError } from "../model/errors.ts";
import { isJsonObject, type JsonSchema } from "../model/json.ts";
import type { Project } from "../model/project.ts";

/** Raise it when the generator or its options change: what was cached before is made anew. */
const CACHE_VERSION = "1";
const THIS_EXTENSION = extname(import.meta.filename);

/** Whose schema is asked for. */
export interface SchemaRequest {
  readonly project: Project;
  readonly file: string;
  readonly cacheDir: string;
}

/** What the generator's process answers. */
export type GeneratedSchema = { readonly schema: JsonSchema | null; readonly files: readonly string[] } | { readonly problem: string };

interface CachedSchema {
  readonly schema: JsonSchema | null;
  /** Every source of the project that the type depends on, with its hash. */
  readonly sources: Readonly<Record<string, string>>;
}

/**
 * The JSON Schema of a function's parameters, from its TypeScript type. Cached by the content of every file
 * the type depends on: a hit does not load TypeScript.
 *
 * @throws LatchkeyError `SCHEMA_FAILED`.
 */
export async function readParameterSchema({ project, file, cacheDir }: SchemaRequest): Promise<JsonSchema | null> {
  if (/\.m?js$/.test(file)) return null;
  const source = relative(project.dir, file);
  const cacheFile = join(cacheDir, `${source.replaceAll(/[^A-Za-z0-9]+/g, "-")}.${CACHE_VERSION}.json`);
  const cached = await readCache(cacheFile);
  if (cached !== null && (await isFresh(cached, project.dir))) return cached.schema;
  const generated = await generate(file);
  if ("problem" in generated) throw new LatchkeyError("SCHEMA_FAILED", `${source}: no JSON Schema could be derived from the type of its parameters: ${generated.problem}`);
  const sources: Record<string, string> = {};
  for (const dependency of [file, ...generated.files]) sources[relative(project.dir, dependency)] = await hashOf(dependency);
  await mkdir(cacheDir, { recursive: true });
  await writeFileAtomic(cacheFile, JSON.stringify({ schema: generated.schema, sources } satisfies CachedSchema));
  return generated.schema;
}

async function readCache(cacheFile: string): Promise<CachedSchema | null> {
  try {
    const value: unknown = JSON.parse(await readFile(cacheFile, "utf8"));
    if (!isJsonObject(value) || !isJsonObject(value["sources"]) || !("schema" in value)) return null;
    return value as unknown as CachedSchema;
  } catch {
    return null;
  }
}

async function isFresh({ sources }: CachedSchema, dir: string): Promise<boolean> {
  for (const [path, hash] of Object.entries(sources)) if ((await hashOf(join(dir, path)).catch(() => "")) !== hash) return false;
  return true;
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256").update(await readFile(file)).digest("hex");
}

/** In a process of its own: TypeScript takes a second and 200 MB, which the run need not carry. */
async function generate(file: string): Promise<GeneratedSchema> {
  const child = fork(join(import.meta.dirname, `generate-schema-process${THIS_EXTENSION}`), [file], { stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: ["--disable-warning=ExperimentalWarning"] });
  const answer = Promise.withResolvers<GeneratedSchema>();
  child.once("message", (message) => answer.resolve(message as GeneratedSchema));
  child.once("error", (cause) => answer.reject(new LatchkeyError("ENVIRONMENT", `The schema generator did not start: ${cause.message}.`, { cause })));
  child.once("exit", (code) => answer.resolve({ problem: `the generator ended with exit code ${code ?? "unknown"}` }));
  return answer.promise;
}
