import { join } from "node:path";
import type { BuiltTarget, Manifest } from "../model/deployment.ts";
import { LatchkeyError } from "../model/errors.ts";
import type { Project, ProjectCompiler, Target } from "../model/project.ts";
import type { Settings } from "../model/settings.ts";

/** A deployment as a project that can be run, or only be asked what it has. */
export interface DeployedProject {
  readonly project: Project;
  readonly compiler: ProjectCompiler;
}

/** Where a deployment was unpacked, and what belongs to it besides. */
export interface DeployedOptions {
  readonly manifest: Manifest;
  /** Its folder; on a server, which runs nothing, any name does. */
  readonly dir: string;
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string>>;
}

/** Everything was compiled when it was deployed, so compiling is looking it up. */
export function openDeployedProject({ manifest, dir, settings, env }: DeployedOptions): DeployedProject {
  const byName = new Map(manifest.targets.map((target) => [target.name, target]));
  const find = (target: Target): BuiltTarget => {
    const name = target.kind === "api" ? target.name : `auth-sessions/${target.kind}`;
    const built = byName.get(name);
    if (built === undefined) throw new LatchkeyError("API_NOT_FOUND", `The deployment has no ${name}.`);
    return built;
  };
  const apis = manifest.targets.filter(({ name }) => !name.startsWith("auth-sessions/")).map(({ name, file }) => [name, { name, file: join(dir, file) }] as const);
  const fileOf = (name: string): string | null => (byName.has(name) ? join(dir, byName.get(name)?.file ?? "") : null);
  return {
    project: { dir, settings, env, apis: new Map(apis), authSessions: { create: fileOf("auth-sessions/create"), check: fileOf("auth-sessions/check") }, setupContext: manifest.setupContext === null ? null : join(dir, manifest.setupContext.file) },
    compiler: {
      compile: async (_project, target) => ({ file: join(dir, find(target).file), source: find(target).source }),
      compileSetupContext: () => Promise.resolve(manifest.setupContext === null ? null : { file: join(dir, manifest.setupContext.file), source: "hooks/setupContext" }),
      parameterSchema: async (_project, target) => find(target).parameterSchema,
    },
  };
}
