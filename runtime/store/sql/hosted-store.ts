import { randomUUIDv7 } from "node:crypto";
import type { HostedStore } from "../../model/hosted-store.ts";
import type { Timing } from "../../model/schedule.ts";
import type { Sealer } from "../../model/seal.ts";
import { createAuthSessions } from "./auth-sessions.ts";
import { createDashboardSessions } from "./dashboard-sessions.ts";
import { openDatabase, type DatabaseAddress } from "./database.ts";
import { createDeliveries } from "./deliveries.ts";
import { startEngine } from "./engine.ts";
import { createAudit, createKeys } from "./keys.ts";
import { createLive } from "./live.ts";
import { migrate } from "./migrate.ts";
import { createProjects } from "./projects.ts";
import { createArtifacts, createEvents, createPrompts } from "./run-details.ts";
import { createQueues } from "./queues.ts";
import { createRecordings } from "./recordings.ts";
import type { RunTables } from "./run-tables.ts";
import { createRuns } from "./runs.ts";
import { createJobs } from "./jobs.ts";
import { listenForSignals } from "./signals.ts";
import { createSigning } from "./signing-secrets.ts";
import { checkSealKey, rewrapAll, sweep } from "./upkeep.ts";
import { createValues } from "./values.ts";
import { createWorkers } from "./workers.ts";

/** Where a hosted runtime's data is. */
export interface HostedStoreOptions {
  readonly address: DatabaseAddress;
  readonly sealer: Sealer;
  readonly timing: Timing;
  /** How the connections are named in PostgreSQL's own lists. */
  readonly name: string;
  readonly connections: number;
  /** Whether this process looks for runs whose worker was lost. Any number of processes may. */
  readonly supervise: boolean;
  readonly onError: (error: Error) => void;
}

/**
 * Connects, brings the schema up to date, and starts the engine.
 *
 * @throws LatchkeyError `STORE_UNAVAILABLE`, `SCHEMA_NEWER`.
 */
export async function openHostedStore({ address, sealer, timing, name, connections, supervise, onError }: HostedStoreOptions): Promise<HostedStore> {
  await using cleanup = new AsyncDisposableStack();
  const database = cleanup.use(openDatabase(address, { connections, name }));
  const locks = cleanup.use(openDatabase(address, { connections: 1, name: `${name} lock` }));
  await migrate(database);
  await checkSealKey(database, sealer);
  const engine = cleanup.use(await startEngine(database, { supervise, onError }));
  const signals = cleanup.use(await listenForSignals(database));
  const tables: RunTables = { database, engine, sealer, timing };
  const kept = cleanup.move();
  let ending: Promise<void> | null = null;
  return {
    runs: createRuns(tables),
    events: createEvents(database),
    prompts: createPrompts(database, sealer),
    artifacts: createArtifacts(database),
    projects: createProjects(database, sealer),
    values: createValues(database, sealer),
    authSessions: createAuthSessions({ database, locks, engine, sealer }),
    keys: createKeys(database),
    dashboardSessions: createDashboardSessions(database),
    audit: createAudit(database),
    workers: createWorkers(database),
    deliveries: createDeliveries({ database, engine, sealer }),
    signing: createSigning(database, sealer),
    jobs: createJobs(tables),
    queues: createQueues(tables),
    live: createLive(database, sealer),
    recordings: createRecordings(database),
    sign: (text) => sealer.fingerprint(text),
    signals,
    async defaultWorkspace() {
      return database.transaction(async (sql) => {
        await sql.query("lock table workspaces in share row exclusive mode");
        const { rows } = await sql.query<{ readonly id: string }>("select id from workspaces order by created_at limit 1");
        if (rows[0] !== undefined) return { id: rows[0].id, isNew: false };
        const id = randomUUIDv7();
        await sql.query("insert into workspaces (id, name) values ($1, 'default')", [id]);
        return { id, isNew: true };
      });
    },
    async ping() {
      await database.sql.query("select 1");
    },
    sweep: (retention) => sweep(database, retention),
    rewrapAll: () => rewrapAll(database, sealer),
    [Symbol.asyncDispose]: () => (ending ??= kept.disposeAsync()),
  };
}
