import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { build, type Metafile } from "esbuild";
import { LatchkeyError } from "../model/errors.ts";
import type { CompiledModule, Project, ProjectCompiler } from "../model/project.ts";
import { describeBuildFailure } from "./describe-build-failure.ts";
import { packagesPlugin } from "./packages-plugin.ts";
import { readParameterSchema } from "./parameter-schema.ts";
import { sourceOfTarget } from "./source-of-target.ts";

const MAX_AGE_MS = 24 * 60 * 60 * 1_000;

/** How project code is compiled on this machine. */
export interface CompilerOptions {
  /** File URL of what `import "latchkey"` means: always the runtime that runs. */
  readonly runtimeEntry: string;
  /** The project's folder for what Latchkey writes. */
  readonly dataDir: string;
}

/** Compiles author code with esbuild: their files bundled, packages left to Node, so it takes milliseconds. */
export function createProjectCompiler({ runtimeEntry, dataDir }: CompilerOptions): ProjectCompiler {
  const compiled = new Map<string, Promise<CompiledModule>>();
  const compileFile = (project: Project, file: string): Promise<CompiledModule> => {
    const known = compiled.get(file) ?? compileOne(project, file, { runtimeEntry, dataDir });
    compiled.set(file, known);
    // A file that did not compile may be mended before the next run.
    known.catch(() => compiled.delete(file));
    return known;
  };
  return {
    compile: async (project, target) => compileFile(project, sourceOfTarget(project, target)),
    compileSetupContext: async (project) => (project.setupContext === null ? null : compileFile(project, project.setupContext)),
    parameterSchema: async (project, target) => readParameterSchema({ project, file: sourceOfTarget(project, target), cacheDir: join(dataDir, "cache", "schemas") }),
  };
}

async function compileOne(project: Project, file: string, { runtimeEntry, dataDir }: CompilerOptions): Promise<CompiledModule> {
  const source = relative(project.dir, file);
  const outdir = join(dataDir, "build");
  const result = await build({
    entryPoints: [file],
    absWorkingDir: project.dir,
    outdir,
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node24",
    sourcemap: "linked",
    metafile: true,
    logLevel: "silent",
    plugins: [packagesPlugin({ projectDir: project.dir, runtimeEntry })],
  }).catch((thrown: unknown) => {
    throw describeBuildFailure(thrown, source);
  });
  assertDefaultExport(result.metafile, source);
  const [map, code] = ["map", "js"].map((ending) => result.outputFiles.find(({ path }) => path.endsWith(`.${ending}`)));
  if (code === undefined || map === undefined) throw new LatchkeyError("BUILD_FAILED", `${source} compiled to nothing.`);
  const hash = createHash("sha256").update(code.contents).update(map.contents).digest("hex").slice(0, 16);
  const name = `${source.replaceAll(/[^A-Za-z0-9]+/g, "-")}.${hash}`;
  const moduleFile = join(outdir, `${name}.mjs`);
  if (!(await exists(moduleFile))) {
    await sweep(outdir);
    // The sources in the map are relative to where esbuild would have written it, which is this folder too.
    await writeOnce(join(outdir, `${name}.mjs.map`), map.text);
    await writeOnce(moduleFile, code.text.replace(/\/\/# sourceMappingURL=.*\s*$/, `//# sourceMappingURL=${name}.mjs.map\n`));
  }
  return { file: moduleFile, source };
}

/** @throws LatchkeyError `API_INVALID` that names what the file exports instead. */
export function assertDefaultExport(metafile: Metafile, source: string): void {
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  const exported = output?.exports ?? [];
  if (exported.includes("default")) return;
  const has = exported.length === 0 ? "It exports nothing." : `It exports ${exported.join(", ")}.`;
  throw new LatchkeyError("API_INVALID", `${source} has no default export. ${has}`, { hint: "Write: export default async function …" });
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

/** Two processes may compile the same file at once; each writes it whole. */
async function writeOnce(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(temporary, text);
  await rename(temporary, file);
}

async function sweep(outdir: string): Promise<void> {
  for (const name of await readdir(outdir).catch((): string[] => [])) {
    const file = join(outdir, basename(name));
    const { mtimeMs } = (await stat(file).catch(() => null)) ?? { mtimeMs: Infinity };
    if (/\.mjs(\.map)?(\.|$)/.test(name) && Date.now() - mtimeMs > MAX_AGE_MS) await rm(file, { force: true });
  }
}
