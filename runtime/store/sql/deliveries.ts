import { randomUUIDv7 } from "node:crypto";
import type { LatchkeyError } from "../../model/errors.ts";
import type { ClaimedRun } from "../../model/hosted-run.ts";
import type { HostedDeliveries } from "../../model/hosted-store.ts";
import type { JsonObject } from "../../model/json.ts";
import type { RunOutcome } from "../../model/run.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import { sinkBody } from "../../model/sink-body.ts";
import type { Database, Sql } from "./database.ts";
import { DELIVERIES, type Engine } from "./engine.ts";
import { tellSignal } from "./signals.ts";

/** After this long nobody tries any more; the delivery stays in the list as failed. */
const GIVE_UP_MS = 24 * 60 * 60 * 1_000;

interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface DeliveryParts {
  readonly sealer: Sealer;
  readonly engine: Engine;
}

interface NewDelivery extends Target {
  readonly workspaceId: string;
  readonly projectId: string | null;
  readonly kind: string;
  readonly runId: string | null;
  readonly body: JsonObject;
}

/** Webhooks on their way, each with its job in the engine. */
export function createDeliveries({ database, ...parts }: DeliveryParts & { readonly database: Database }): HostedDeliveries {
  const { engine, sealer } = parts;
  return {
    add: async (delivery) => {
      await engine.addQueue(DELIVERIES);
      await database.transaction((sql) => addDelivery(sql, parts, delivery));
    },
    async take() {
      await engine.addQueue(DELIVERIES);
      const taken = await database.transaction(async (sql) => {
        const job = await engine.fetch(sql, DELIVERIES, []);
        if (job === null) return null;
        const { rows } = await sql.query<{ readonly sealed_target: SealedBox; readonly body: JsonObject; readonly attempts: number; readonly created_at: Date }>("update deliveries set attempts = attempts + 1 where id = $1 returning sealed_target, body, attempts, created_at", [job.id]);
        if (rows[0] === undefined) await engine.remove(sql, DELIVERIES, job.id);
        return rows[0] === undefined ? null : { job, row: rows[0] };
      });
      if (taken === null) return null;
      const { job, row } = taken;
      // What was sealed was ours; its authenticity is checked by opening it.
      const target = JSON.parse(sealer.open(row.sealed_target, contextOf(job.id))) as Target;
      const settle = (error: LatchkeyError | null): Promise<void> =>
        database.transaction(async (sql) => {
          const isOver = error !== null && Date.now() - row.created_at.getTime() > GIVE_UP_MS;
          await sql.query("update deliveries set delivered_at = case when $2::text is null then now() end, last_error = $2, failed_at = case when $3 then now() end where id = $1", [job.id, error?.message ?? null, isOver]);
          if (error === null || isOver) await engine.remove(sql, DELIVERIES, job.id);
          else await engine.retry(sql, DELIVERIES, job);
        });
      return { delivery: { id: job.id, ...target, body: JSON.stringify(row.body), attempts: row.attempts }, settle };
    },
  };
}

/** Adds a delivery within the caller's transaction: it exists if, and only if, what it tells of does. */
export async function addDelivery(sql: Sql, { sealer, engine }: DeliveryParts, { workspaceId, projectId, kind, runId, url, headers, body }: NewDelivery): Promise<void> {
  const id = randomUUIDv7();
  await sql.query("insert into deliveries (id, workspace_id, project_id, kind, run_id, sealed_target, body) values ($1, $2, $3, $4, $5, $6, $7)", [id, workspaceId, projectId, kind, runId, sealer.seal(JSON.stringify({ url, headers } satisfies Target), contextOf(id)), JSON.stringify(body)]);
  await engine.send(sql, DELIVERIES, id, { priority: 0, notBefore: null, group: null });
  await tellSignal(sql, { kind: "deliver" });
}

/** The delivery that a run's sink asks for, if any. */
export async function addRunDelivery(sql: Sql, parts: DeliveryParts, { run, request }: ClaimedRun, outcome: Omit<RunOutcome, "runId">): Promise<void> {
  const { sink } = request;
  if (sink === null || request.target.kind !== "api") return;
  if (sink.skipOnFail && outcome.status !== "completed") return;
  if (sink.apisToSend.length > 0 && !sink.apisToSend.includes(request.target.name)) return;
  const { rows } = await sql.query<{ readonly name: string }>("select name from projects where id = $1", [run.projectId]);
  const body = sinkBody({ runId: run.runId, workspaceId: run.workspaceId, project: { id: run.projectId, name: rows[0]?.name ?? "" }, apiName: request.target.name, authSessionId: request.target.authSessionId, parameters: run.parameters, outcome });
  await addDelivery(sql, parts, { workspaceId: run.workspaceId, projectId: run.projectId, kind: "run", runId: run.runId, url: sink.url, headers: sink.headers, body });
}

const contextOf = (id: string): string => `delivery ${id}`;
