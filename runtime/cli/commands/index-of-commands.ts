import type { AnyCommand } from "../command.ts";
import { authCommand } from "./auth.ts";
import { buildCommand } from "./build.ts";
import { deliveriesCommand } from "./deliveries.ts";
import { deployCommand, deploymentsCommand } from "./deploy.ts";
import { devCommand } from "./dev.ts";
import { doctorCommand } from "./doctor.ts";
import { envCommand } from "./env.ts";
import { initCommand } from "./init.ts";
import { jobsCommand } from "./jobs.ts";
import { keysCommand } from "./keys.ts";
import { queuesCommand } from "./queues.ts";
import { runCommand } from "./run.ts";
import { runsCommand } from "./runs.ts";
import { serveCommand } from "./serve.ts";
import { workerCommand } from "./worker.ts";

/** All commands, in the order in which a user meets them. */
export const commands: readonly AnyCommand[] = [initCommand, doctorCommand, runCommand, authCommand, runsCommand, buildCommand, devCommand, serveCommand, workerCommand, deployCommand, deploymentsCommand, jobsCommand, queuesCommand, deliveriesCommand, envCommand, keysCommand];
