import { buildProject, openProject } from "./compose.ts";
import type { EnvironmentVariables } from "./config/environment.ts";
import { pack } from "./deploy/pack.ts";
import type { Manifest } from "./model/deployment.ts";

/** A project as it is uploaded. */
export interface PackedProject {
  readonly manifest: Manifest;
  readonly archive: Buffer;
}

/** Bundles a project and packs it. @throws LatchkeyError `PROJECT_NOT_FOUND`, `BUILD_FAILED`, `NATIVE_ADDON`, … */
export async function packProject({ dir, env, warn }: { readonly dir: string; readonly env: EnvironmentVariables; readonly warn: (message: string) => void }): Promise<PackedProject> {
  await using open = await openProject({ dir, overrides: {}, env, warn });
  const { manifest, dir: built } = await buildProject(open.project, open.compiler);
  return { manifest, archive: await pack(manifest, built) };
}
