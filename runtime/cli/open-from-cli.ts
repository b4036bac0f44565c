import { resolve } from "node:path";
import { LatchkeyError } from "../model/errors.ts";
import type { OpenProject, ProjectHandle } from "../model/open-project.ts";
import type { CliContext } from "./cli-context.ts";
import { clientFromCli, isRemote } from "./remote/client-from-cli.ts";

/** The project a command is about: on the server that is named, or else on this machine. */
export async function openHandle(context: CliContext): Promise<ProjectHandle> {
  if (!isRemote(context)) return openFromCli(context);
  const { openRemoteProject } = await import("./remote/remote-project.ts");
  return openRemoteProject(await clientFromCli(context));
}

/** Opens the project a command is about: `--project`, or the one the user is in. */
export async function openFromCli(context: CliContext, overrides: Readonly<Record<string, unknown>> = {}): Promise<OpenProject> {
  const { findProjectDir, openProject } = await import("../compose.ts");
  const dir = context.project === undefined ? findProjectDir(context.cwd) : resolve(context.cwd, context.project);
  if (dir === null) throw new LatchkeyError("PROJECT_NOT_FOUND", `${context.cwd} is not in a project.`);
  return openProject({ dir, overrides, env: context.env, warn: (message) => context.tell(`warning: ${message}`) });
}
