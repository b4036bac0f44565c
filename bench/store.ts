/**
 * Starting and listing runs with 10,000, 100,000 and 1,000,000 of them recorded: it stays the same.
 *
 * @module
 */
import { randomBytes, randomUUIDv7 } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createSealer } from "../runtime/auth-sessions/seal/create-sealer.ts";
import type { NewRun } from "../runtime/model/hosted-run.ts";
import { startEmbeddedPostgres } from "../runtime/store/embedded/embedded-postgres.ts";
import { TIMING } from "../runtime/compose-timing.ts";
import { openHostedStore } from "../runtime/store/sql/hosted-store.ts";
import { median, ms, printTable, timeMs } from "./measure.ts";
import { percentile } from "./percentile.ts";

const REPEATS = 100;
const SIZES = [10_000, 100_000, 1_000_000];

const dir = await mkdtemp(join(tmpdir(), "latchkey-bench-"));
const postgres = await startEmbeddedPostgres({ dir, onError: () => undefined });
const store = await openHostedStore({ timing: TIMING, address: postgres, sealer: createSealer([randomBytes(32)]), name: "bench", connections: 4, supervise: false, onError: () => undefined });
const { id: workspaceId } = await store.defaultWorkspace();
const project = await store.projects.create(workspaceId, "bench");
const { id: deploymentId } = await store.projects.addDeployment(project.id, { format: 1, name: "bench", targets: [], setupContext: null, files: [], settings: {}, authSessions: { enabled: false, type: "credentials", mode: "exclusive", checkEveryMs: null, attentionWebhookUrl: null }, maxConcurrentRequests: null, samples: {}, contentHash: "bench" }, Buffer.from("bench"), "bench");
await store.projects.activate(project.id, deploymentId);
const newRun = (): NewRun => ({ runId: randomUUIDv7(), workspaceId, projectId: project.id, deploymentId, request: { target: { kind: "api", name: "a", authSessionId: null, check: true, autoRecreate: true }, parameters: { page: 1 }, proxyUrl: null, sink: null }, target: "api a", kind: "api", api: "a", authSessionId: null, exclusiveKey: null, shownParameters: { page: 1 }, timeoutMs: 1_000, maximumAttempts: 1, trace: false, priority: 0, notBefore: null, idempotencyKey: null, requestText: "", origin: "bench", retryOf: null, traceparent: null });
const client = new pg.Client({ host: postgres.socketDir, port: 5432, user: "latchkey", database: "latchkey", options: "-c search_path=latchkey" });
await client.connect();

const rows: (readonly string[])[] = [["recorded", "start", "p95", "claim and finish", "p95", "list newest", "p95", "list failed ones", "p95"]];
let recorded = 0;
for (const size of SIZES) {
  // Older than everything that is started below: ids begin with the time.
  await client.query(
    `insert into runs (id, workspace_id, project_id, deployment_id, target, kind, api, status, parameters, priority, timeout_ms, maximum_attempts, trace, origin, request_hash, created_at, started_at, ended_at)
     select ('0190' || lpad(to_hex(n), 8, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid, $1, $2, $3, 'api a', 'api', 'a', case when n % 50 = 0 then 'failed' else 'completed' end, '{}', 0, 1000, 1, false, 'bench', '', now() - interval '1 day', now() - interval '1 day', now() - interval '1 day'
     from generate_series($4::int, $5::int) n`,
    [workspaceId, project.id, deploymentId, recorded + 1, size],
  );
  recorded = size;
  await client.query("analyze runs");
  const [start, claim, list, failed]: [number[], number[], number[], number[]] = [[], [], [], []];
  const worker = randomUUIDv7();
  for (let repeat = -5; repeat < REPEATS; repeat++) {
    const run = newRun();
    const round = [
      await timeMs(() => store.runs.start(run)),
      await timeMs(async () => {
        const claimed = await store.runs.claim(project.id, worker);
        if (claimed?.run.runId !== run.runId) throw new Error("Another run was claimed.");
        await store.runs.finish(claimed, { runId: run.runId, status: "completed", result: null, attempts: [], durationMs: 1, startedAt: new Date().toISOString(), files: [], losses: [] }, []);
      }),
      await timeMs(() => store.runs.list(project.id, { limit: 50 })),
      await timeMs(() => store.runs.list(project.id, { status: "failed", limit: 50 })),
    ] as const;
    if (repeat >= 0) for (const [index, figures] of [start, claim, list, failed].entries()) figures.push(round[index] ?? 0);
  }
  rows.push([size.toLocaleString("en"), ...[start, claim, list, failed].flatMap((figures) => [ms(median(figures)), ms(percentile(figures, 0.95))])]);
}
printTable(`The store on the embedded PostgreSQL (${REPEATS} of each)`, rows);
await client.end();
await store[Symbol.asyncDispose]();
await postgres[Symbol.asyncDispose]();
await rm(dir, { recursive: true, force: true });
