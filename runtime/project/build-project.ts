import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build } from "esbuild";
import type { JsonSchema } from "../model/json.ts";
import type { Project, ProjectCompiler, Target } from "../model/project.ts";
import { assertDefaultExport } from "./compile.ts";
import { describeBuildFailure } from "./describe-build-failure.ts";
import { sourceOfTarget } from "./source-of-target.ts";

/** One bundled function. */
export interface BuiltTarget {
  /** The API's name, or `auth-sessions/create` and `auth-sessions/check`. */
  readonly name: string;
  readonly source: string;
  /** The bundle, below the manifest's folder. */
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Null: the type says nothing, so anything fits. */
  readonly parameterSchema: JsonSchema | null;
}

/** What `latchkey build` writes beside the bundles. */
export interface Manifest {
  readonly format: 1;
  readonly name: string;
  readonly targets: readonly BuiltTarget[];
  readonly authSessions: { readonly enabled: boolean; readonly type: string; readonly mode: string };
  /** Names a build by its content: the same sources give the same hash. */
  readonly contentHash: string;
  /** Absolute folder of the bundles. */
  readonly dir: string;
}

/**
 * Bundles every function of a project with all its packages, and writes the manifest.
 *
 * @throws LatchkeyError `BUILD_FAILED`, `NATIVE_ADDON`, `API_INVALID`, `SCHEMA_FAILED`.
 */
export async function buildProject(project: Project, compiler: ProjectCompiler): Promise<Manifest> {
  const dir = join(project.dir, ".latchkey", "dist");
  await rm(dir, { recursive: true, force: true });
  const targets: Target[] = [...[...project.apis.keys()].map((name) => ({ kind: "api", name }) as const), ...(project.authSessions.create === null ? [] : [{ kind: "create" } as const]), ...(project.authSessions.check === null ? [] : [{ kind: "check" } as const])];
  const built: BuiltTarget[] = [];
  for (const target of targets) built.push(await buildTarget(project, compiler, target, dir));
  const contentHash = createHash("sha256").update(JSON.stringify(built)).digest("hex");
  const { enabled, type, mode } = project.settings.authSessions;
  const manifest: Manifest = { format: 1, name: project.settings.name, targets: built, authSessions: { enabled, type, mode }, contentHash, dir };
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "manifest.json"), `${JSON.stringify({ ...manifest, dir: undefined }, null, 2)}\n`);
  return manifest;
}

async function buildTarget(project: Project, compiler: ProjectCompiler, target: Target, dir: string): Promise<BuiltTarget> {
  const source = sourceOfTarget(project, target);
  const shown = relative(project.dir, source);
  const name = target.kind === "api" ? target.name : `auth-sessions/${target.kind}`;
  const file = `${target.kind === "api" ? `api/${target.name}` : name}.mjs`;
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
  const bytes = await readFile(join(dir, file));
  const parameterSchema = target.kind === "check" ? null : await compiler.parameterSchema(project, target);
  return { name, source: shown, file, sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length, parameterSchema };
}
