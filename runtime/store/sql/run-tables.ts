import type { Timing } from "../../model/schedule.ts";
import type { Sealer } from "../../model/seal.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";

/** What runs, jobs and queues on PostgreSQL are made of. */
export interface RunTables {
  readonly database: Database;
  readonly engine: Engine;
  readonly sealer: Sealer;
  readonly timing: Timing;
}
