import { availableParallelism } from "node:os";
import { LatchkeyError } from "../../model/errors.ts";
import type { AnyCommand } from "../command.ts";
import { untilStopped } from "../run-until-signal.ts";
import { REPLACES_WORKER, WORKER_ID } from "../supervise-worker.ts";
import { wholeNumber } from "./serve.ts";

/** `latchkey worker` */
export const workerCommand: AnyCommand = {
  usage: "worker",
  summary: "Start a worker: it takes runs from the database and gives each to a slot",
  options: { slots: { type: "number", default: availableParallelism(), defaultDescription: "one per processor", requiresArg: true, describe: "How many runs at once" } },
  examples: [
    ["DATABASE_URL=postgres://… latchkey worker --slots 4", "on any machine that reaches the database"],
    ["latchkey worker", "beside a latchkey serve of the same folder"],
  ],
  async run(given, context) {
    const slots = wholeNumber(given, "slots", 1_000);
    if (slots === 0) throw new LatchkeyError("USAGE", "A worker has at least one slot.");
    const { startHostedWorker } = await import("../../compose-worker.ts");
    await using worker = await startHostedWorker({ env: context.env, cwd: context.cwd, slots, id: context.env[WORKER_ID] ?? null, replaces: context.env[REPLACES_WORKER] ?? null });
    context.printJson({ id: worker.id, slots });
    await untilStopped(context);
    await worker.drain();
    return 0;
  },
};
