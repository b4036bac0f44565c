import { randomUUIDv7 } from "node:crypto";
import { LatchkeyError } from "../../model/errors.ts";
import type { ClaimedRun } from "../../model/hosted-run.ts";
import type { HostedDeliveries, PendingDelivery, StoredDelivery } from "../../model/hosted-store.ts";
import type { JsonObject } from "../../model/json.ts";
import type { RunOutcome } from "../../model/run.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import type { Sink } from "../../model/sink.ts";
import { sinkBody } from "../../model/sink-body.ts";
import { toJsonb, type Database, type Sql } from "./database.ts";
import { DELIVERIES, type Engine } from "./engine.ts";
import { iso } from "./run-row.ts";
import { tellSignal } from "./signals.ts";
import { secretsOf } from "./signing-secrets.ts";

/** What a delivery needs to know besides its body: sealed. */
interface Target {
  readonly sink: Sink;
  /** The object's name below the sink's prefix; webhooks have none. */
  readonly name: string;
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
  readonly jobRunId?: string | null;
  readonly body: JsonObject;
}

interface DeliveryRow {
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly run_id: string | null;
  readonly job_run_id: string | null;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly last_attempt_at: Date | null;
  readonly delivered_at: Date | null;
  readonly failed_at: Date | null;
  readonly give_up_at: Date;
}

const STATUS_SQL = { pending: "delivered_at is null and failed_at is null", delivered: "delivered_at is not null", failed: "failed_at is not null" } as const;
const COLUMNS = "id, kind, target, run_id, job_run_id, attempts, last_error, created_at, last_attempt_at, delivered_at, failed_at, give_up_at";

/** Deliveries on their way, each with its job in the engine. */
export function createDeliveries({ database, ...parts }: DeliveryParts & { readonly database: Database }): HostedDeliveries {
  const { engine, sealer } = parts;
  return {
    async take(busyTargets) {
      await engine.addQueue(DELIVERIES);
      const taken = await database.transaction(async (sql) => {
        const job = await engine.fetch(sql, DELIVERIES, busyTargets);
        if (job === null) return null;
        const { rows } = await sql.query<DeliveryRow & { readonly project_id: string | null; readonly sealed_target: SealedBox; readonly body: JsonObject }>(`update deliveries set attempts = attempts + 1, last_attempt_at = now() where id = $1 returning ${COLUMNS}, project_id, sealed_target, body`, [job.id]);
        if (rows[0] === undefined) await engine.remove(sql, DELIVERIES, job.id);
        return { job, row: rows[0] ?? null };
      });
      if (taken?.row == null) return taken === null ? null : "gone";
      const { job, row } = taken;
      const settle = (error: LatchkeyError | null): Promise<void> =>
        database.transaction(async (sql) => {
          const isOver = error !== null && Date.now() > row.give_up_at.getTime();
          await sql.query("update deliveries set delivered_at = case when $2::text is null then now() end, last_error = $2, failed_at = case when $3 then now() end where id = $1", [job.id, error?.message ?? null, isOver]);
          if (isOver && row.job_run_id !== null && row.target.startsWith("s3 ")) await sql.query("update job_runs set reason = $2, updated_at = now() where id = $1 and reason is null", [row.job_run_id, toJsonb({ type: "s3-sink-error", message: `A result was not delivered: ${error.message}` })]);
          if (error === null || isOver) await engine.remove(sql, DELIVERIES, job.id);
          else await engine.retry(sql, DELIVERIES, job);
        });
      try {
        // What was sealed was ours; its authenticity is checked by opening it.
        const target = JSON.parse(sealer.open(row.sealed_target, contextOf(job.id))) as Target | Legacy;
        const delivery: PendingDelivery = { id: job.id, kind: row.kind, target: row.target, ...upgrade(target), body: row.body, jobRunId: row.job_run_id, projectId: row.project_id, attempts: row.attempts, secrets: row.project_id === null ? [] : await secretsOf(database, sealer, row.project_id) };
        return { delivery, settle, keepAlive: () => engine.touch(DELIVERIES, [job]) };
      } catch (thrown) {
        await settle(thrown instanceof LatchkeyError ? thrown : new LatchkeyError("INTERNAL", "The delivery cannot be read.", { cause: thrown }));
        return "gone";
      }
    },
    async list(projectId, { status, runId, jobRunId, cursor, limit }) {
      const { rows } = await database.sql.query<DeliveryRow>(
        `select ${COLUMNS} from deliveries where project_id = $1 and ${status === undefined ? "true" : STATUS_SQL[status]} and ($2::uuid is null or run_id = $2) and ($3::uuid is null or job_run_id = $3) and ($4::uuid is null or id < $4) order by id desc limit $5`,
        [projectId, runId ?? null, jobRunId ?? null, cursor ?? null, limit],
      );
      return rows.map(toDelivery);
    },
    async get(projectId, id) {
      const { rows } = await database.sql.query<DeliveryRow & { readonly body: JsonObject }>(`select ${COLUMNS}, body from deliveries where project_id = $1 and id = $2`, [projectId, id]);
      if (rows[0] === undefined) throw notFound(id);
      return { ...toDelivery(rows[0]), body: rows[0].body };
    },
    async replay(projectId, id) {
      await engine.addQueue(DELIVERIES);
      return database.transaction(async (sql) => {
        const { rows } = await sql.query<DeliveryRow>(`select ${COLUMNS} from deliveries where project_id = $1 and id = $2 for update`, [projectId, id]);
        if (rows[0] === undefined) throw notFound(id);
        if (rows[0].delivered_at === null && rows[0].failed_at === null) throw new LatchkeyError("DELIVERY_PENDING", "The delivery has not been given up: it is still being tried.");
        const { rows: again } = await sql.query<DeliveryRow>(`update deliveries set delivered_at = null, failed_at = null, last_error = null, give_up_at = now() + interval '24 hours' where id = $1 returning ${COLUMNS}`, [id]);
        await engine.send(sql, DELIVERIES, id, { priority: 0, notBefore: null, group: rows[0].target });
        await tellSignal(sql, { kind: "deliver" });
        return toDelivery(again[0] ?? rows[0]);
      });
    },
    async counts() {
      const { rows } = await database.sql.query<{ readonly pending: string; readonly failed: string }>(`select count(*) filter (where ${STATUS_SQL.pending}) as pending, count(*) filter (where ${STATUS_SQL.failed}) as failed from deliveries where delivered_at is null`);
      return { pending: Number(rows[0]?.pending ?? 0), failed: Number(rows[0]?.failed ?? 0) };
    },
  };
}

/** Records of the first schema: a webhook's address and headers. */
interface Legacy {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function upgrade(target: Target | Legacy): Target {
  return "sink" in target ? target : { sink: { type: "webhook", url: target.url, headers: target.headers, skipOnFail: false, apisToSend: [] }, name: "" };
}

function notFound(id: string): LatchkeyError {
  return new LatchkeyError("DELIVERY_NOT_FOUND", `There is no delivery "${id}".`);
}

function toDelivery(row: DeliveryRow): StoredDelivery {
  return {
    id: row.id,
    kind: row.kind,
    target: row.target,
    runId: row.run_id,
    jobRunId: row.job_run_id,
    status: row.delivered_at !== null ? "delivered" : row.failed_at !== null ? "failed" : "pending",
    attempts: row.attempts,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    lastAttemptAt: iso(row.last_attempt_at),
    deliveredAt: iso(row.delivered_at),
    failedAt: iso(row.failed_at),
    givesUpAt: row.give_up_at.toISOString(),
  };
}

/** What people see of a sink, and what deliveries to the same place share: no path, no query, no key. */
function describeSink(sink: Sink): string {
  if (sink.type === "webhook") return URL.canParse(sink.url) ? `webhook ${new URL(sink.url).host}` : "webhook";
  return `s3 ${sink.endpoint === null ? "" : `${new URL(sink.endpoint).host}/`}${sink.bucket}`;
}

/** Adds a delivery within the caller's transaction: it exists if, and only if, what it tells of does. */
export async function addDelivery(sql: Sql, { sealer, engine }: DeliveryParts, { workspaceId, projectId, kind, runId, jobRunId = null, sink, name, body }: NewDelivery): Promise<void> {
  await engine.addQueue(DELIVERIES);
  const id = randomUUIDv7();
  const target = describeSink(sink);
  await sql.query("insert into deliveries (id, workspace_id, project_id, kind, run_id, job_run_id, target, sealed_target, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", [id, workspaceId, projectId, kind, runId, jobRunId, target, sealer.seal(JSON.stringify({ sink, name } satisfies Target), contextOf(id)), JSON.stringify(body)]);
  await engine.send(sql, DELIVERIES, id, { priority: 0, notBefore: null, group: target });
  await tellSignal(sql, { kind: "deliver" });
}

/** The delivery that a run's sink asks for, if any. */
export async function addRunDelivery(sql: Sql, parts: DeliveryParts, { run, request }: ClaimedRun, outcome: Omit<RunOutcome, "runId">): Promise<void> {
  const { sink } = request;
  if (sink === null || request.target.kind !== "api") return;
  if (sink.skipOnFail && outcome.status !== "completed") return;
  if (sink.apisToSend.length > 0 && !sink.apisToSend.includes(request.target.name)) return;
  // One file for the whole job run follows when that has ended.
  if (sink.type === "s3" && sink.format === "jsonl" && run.jobRunId !== null) return;
  const { rows } = await sql.query<{ readonly name: string }>("select name from projects where id = $1", [run.projectId]);
  const body = sinkBody({ runId: run.runId, workspaceId: run.workspaceId, project: { id: run.projectId, name: rows[0]?.name ?? "" }, apiName: request.target.name, authSessionId: request.target.authSessionId, parameters: run.parameters, outcome, jobId: run.jobId, jobRunId: run.jobRunId, queueId: run.queueId });
  const folder = run.jobId === null ? (run.queueId === null ? "" : `${run.queueId}/`) : `${run.jobId}/${run.jobRunId ?? ""}/`;
  const extension = sink.type === "s3" && sink.format === "jsonl" ? "jsonl" : "json";
  await addDelivery(sql, parts, { workspaceId: run.workspaceId, projectId: run.projectId, kind: "run", runId: run.runId, jobRunId: run.jobRunId, sink, name: `${folder}${run.runId}.${extension}`, body });
}

const contextOf = (id: string): string => `delivery ${id}`;
