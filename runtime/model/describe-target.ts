import type { RunTarget } from "./run.ts";

/** A run's target as people read it: `api packages/list`, `auth create sam`. */
export function describeTarget(target: RunTarget): string {
  if (target.kind === "api") return `api ${target.name}`;
  return `${target.kind.replace("-", " ")} ${target.id}`;
}
