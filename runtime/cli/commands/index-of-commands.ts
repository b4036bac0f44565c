import type { AnyCommand } from "../command.ts";
import { authCommand } from "./auth.ts";
import { buildCommand } from "./build.ts";
import { doctorCommand } from "./doctor.ts";
import { initCommand } from "./init.ts";
import { runCommand } from "./run.ts";
import { runsCommand } from "./runs.ts";

/** All commands, in the order in which a user meets them. */
export const commands: readonly AnyCommand[] = [initCommand, doctorCommand, runCommand, authCommand, runsCommand, buildCommand];
