/**
 * What jobs and queues add to a run: recording a job run of 1,000 payloads, and for each item its release, its claim and
 * its settling (count, next release) on the embedded PostgreSQL. No browser.
 *
 * @module
 */
import { randomBytes, randomUUIDv7 } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealer } from "../runtime/auth-sessions/seal/create-sealer.ts";
import { TIMING } from "../runtime/compose-timing.ts";
import type { Manifest } from "../runtime/model/deployment.ts";
import { startEmbeddedPostgres } from "../runtime/store/embedded/embedded-postgres.ts";
import { openHostedStore } from "../runtime/store/sql/hosted-store.ts";
import { median, ms, printTable, timeMs } from "./measure.ts";
import { percentile } from "./percentile.ts";

const ITEMS = 1_000;
const MANIFEST: Manifest = { format: 1, name: "bench", targets: [], setupContext: null, files: [], settings: {}, authSessions: { enabled: false, type: "credentials", mode: "exclusive", checkEveryMs: null, attentionWebhookUrl: null }, maxConcurrentRequests: null, samples: {}, contentHash: "bench" };

const dir = await mkdtemp(join(tmpdir(), "latchkey-bench-"));
const postgres = await startEmbeddedPostgres({ dir, onError: () => undefined });
const store = await openHostedStore({ timing: TIMING, address: postgres, sealer: createSealer([randomBytes(32)]), name: "bench", connections: 4, supervise: false, onError: () => undefined });
const { id: workspaceId } = await store.defaultWorkspace();
const made = await store.projects.create(workspaceId, "bench");
const { id: deploymentId } = await store.projects.addDeployment(made.id, MANIFEST, Buffer.from("bench"), "bench");
await store.projects.activate(made.id, deploymentId);
const project = { ...made, liveDeploymentId: deploymentId };
const worker = randomUUIDv7();

/** Works through what is ready, one after the other. @returns milliseconds of each item. */
async function workThrough(): Promise<readonly number[]> {
  const took: number[] = [];
  for (let left = ITEMS; left > 0; left--) {
    took.push(
      await timeMs(async () => {
        const claimed = await store.runs.claim(project.id, worker);
        if (claimed === null) throw new Error("Nothing was ready.");
        await store.runs.finish(claimed, { runId: claimed.run.runId, status: "completed", result: null, attempts: [], durationMs: 1, startedAt: new Date().toISOString(), files: [], losses: [] }, []);
      }),
    );
  }
  return took;
}

const row = (name: string, recordMs: number, took: readonly number[]): readonly string[] => [name, ms(recordMs), ms(median(took)), ms(percentile(took, 0.95))];
const rows: (readonly string[])[] = [[`${ITEMS.toLocaleString("en")} items`, "recording all", "an item", "p95"]];

await store.jobs.create(project.id, "job", { payload: Array.from({ length: ITEMS }, (_, page) => ({ apiName: "a", parameters: { page } })), configuration: { maxConcurrentRequests: 10 } }, "api");
rows.push(row("a job, 10 at once", await timeMs(() => store.jobs.trigger(project, "job", null)), await workThrough()));

for (const [name, configuration] of [["an ordered queue", { ordered: true }], ["with a rate limit", { ordered: true, rateLimits: [{ limit: 1_000_000, duration: "1h" }] }]] as const) {
  const id = name.replaceAll(" ", "-");
  await store.queues.create(project.id, id, { configuration } as Parameters<typeof store.queues.create>[2], "api");
  rows.push(row(name, await timeMs(() => store.queues.append(project, id, Array.from({ length: ITEMS }, (_, page) => ({ apiName: "a", parameters: { page } })), "bench")), await workThrough()));
}
printTable("Jobs and queues on the embedded PostgreSQL: release, claim and settle", rows);
await store[Symbol.asyncDispose]();
await postgres[Symbol.asyncDispose]();
await rm(dir, { recursive: true, force: true });
