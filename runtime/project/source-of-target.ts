import { LatchkeyError } from "../model/errors.ts";
import type { Project, Target } from "../model/project.ts";

/** The file of a target. @throws LatchkeyError `API_NOT_FOUND` */
export function sourceOfTarget(project: Project, target: Target): string {
  const file = target.kind === "api" ? project.apis.get(target.name)?.file : project.authSessions[target.kind];
  if (file === undefined || file === null) throw new LatchkeyError("API_NOT_FOUND", target.kind === "api" ? `The project has no API "${target.name}".` : `The project has no auth-sessions/${target.kind}.`);
  return file;
}
