import { resolve } from "node:path";
import { LatchkeyError } from "../model/errors.ts";
import type { OpenProject } from "../model/open-project.ts";
import type { CliContext } from "./cli-context.ts";

/** Opens the project a command is about: `--project`, or the one the user is in. */
export async function openFromCli(context: CliContext, overrides: Readonly<Record<string, unknown>> = {}): Promise<OpenProject> {
  const { findProjectDir, openProject } = await import("../compose.ts");
  const dir = context.project === undefined ? findProjectDir(context.cwd) : resolve(context.cwd, context.project);
  if (dir === null) throw new LatchkeyError("PROJECT_NOT_FOUND", `${context.cwd} is not in a project.`);
  return openProject({ dir, overrides, env: context.env, warn: (message) => context.tell(`warning: ${message}`) });
}
