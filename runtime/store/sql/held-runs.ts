import { randomUUIDv7 } from "node:crypto";
import { describeTarget } from "../../model/describe-target.ts";
import type { SealedRequest } from "../../model/hosted-run.ts";
import { stableText, type JsonObject } from "../../model/json.ts";
import { createRedactor } from "../../model/redact.ts";
import type { Sealer } from "../../model/seal.ts";
import { toJsonb, type Sql } from "./database.ts";
import { queueOf, type Engine } from "./engine.ts";
import { requestContext, RUN_COLUMNS, type RunRow } from "./run-row.ts";
import { tellSignal } from "./signals.ts";

/** A run of a job run or a queue, which waits for its turn. */
export interface HeldRun {
  readonly request: SealedRequest;
  readonly timeoutMs: number;
  readonly maximumAttempts: number;
  readonly trace: boolean;
  readonly priority: number;
  readonly notBefore: string | null;
  readonly idempotencyKey: string | null;
}

/** What held runs belong to. */
export interface HeldParent {
  readonly projectId: string;
  readonly workspaceId: string;
  readonly deploymentId: string;
  readonly jobId: string | null;
  readonly jobRunId: string | null;
  readonly queueId: string | null;
  readonly origin: string;
}

/** A place in line: of a job run, or of a queue. */
export type Line = { readonly projectId: string; readonly jobRunId: string } | { readonly projectId: string; readonly queueId: string };

/** The condition that a run is of the line, and its values. */
export function ofLine(line: Line): { readonly where: string; readonly values: readonly string[] } {
  return "jobRunId" in line ? { where: "job_run_id = $1", values: [line.jobRunId] } : { where: "project_id = $1 and queue_id = $2", values: [line.projectId, line.queueId] };
}

/** What tells equal payloads apart from others. Keyed: it says nothing of what they hold. */
export function payloadHash(sealer: Sealer, { target, parameters }: Pick<SealedRequest, "target" | "parameters">): string {
  return sealer.fingerprint(stableText(["payload", target.kind === "api" ? target.name : "", parameters]));
}

/** What the same idempotency key must not be used for again. */
export function requestHash(sealer: Sealer, { target, parameters, proxyUrl, sink }: SealedRequest): string {
  return sealer.fingerprint(JSON.stringify([target, parameters, proxyUrl, sink]));
}

const INSERT = `
insert into runs (id, workspace_id, project_id, deployment_id, target, kind, api, auth_session_id, exclusive_key, sealed_request, parameters, priority, not_before, timeout_ms, maximum_attempts, trace, origin, idempotency_key, request_hash, job_id, job_run_id, queue_id, released_at, payload_hash, position)
select id, $2, $3, $4, target, 'api', api, auth_session_id, exclusive_key, sealed_request, parameters, priority, not_before, timeout_ms, maximum_attempts, trace, $5, idempotency_key, request_hash, $6, $7, $8, null, payload_hash, nextval('run_positions')
from (
  select * from jsonb_to_recordset($1::jsonb) as r (n integer, id uuid, target text, api text, auth_session_id text, exclusive_key text, sealed_request jsonb, parameters jsonb, priority integer, not_before timestamptz, timeout_ms bigint, maximum_attempts integer, trace boolean, idempotency_key text, request_hash text, payload_hash text)
  order by n
) ordered
returning ${RUN_COLUMNS}`;

/** Records runs that wait for their turn, in the order given. The caller holds their parent's lock. */
export async function insertHeld(sql: Sql, sealer: Sealer, parent: HeldParent, runs: readonly HeldRun[]): Promise<readonly RunRow[]> {
  if (runs.length === 0) return [];
  const modeOf = await readModes(sql, parent, runs);
  const rows = runs.map((run, n) => {
    const { request } = run;
    const id = randomUUIDv7();
    const authSessionId = request.target.kind === "api" ? request.target.authSessionId : null;
    return {
      n,
      id,
      target: describeTarget(request.target),
      api: request.target.kind === "api" ? request.target.name : null,
      auth_session_id: authSessionId,
      exclusive_key: authSessionId !== null && modeOf(authSessionId) === "exclusive" ? `use ${authSessionId}` : null,
      sealed_request: sealer.seal(JSON.stringify(request), requestContext(id)),
      parameters: shown(request.parameters),
      priority: run.priority,
      not_before: run.notBefore,
      timeout_ms: run.timeoutMs,
      maximum_attempts: run.maximumAttempts,
      trace: run.trace,
      idempotency_key: run.idempotencyKey,
      request_hash: requestHash(sealer, request),
      payload_hash: payloadHash(sealer, request),
    };
  });
  const { workspaceId, projectId, deploymentId, origin, jobId, jobRunId, queueId } = parent;
  const { rows: inserted } = await sql.query<RunRow>(INSERT, [toJsonb(rows), workspaceId, projectId, deploymentId, origin, jobId, jobRunId, queueId]);
  const byId = new Map(inserted.map((row) => [row.id, row]));
  return rows.flatMap(({ id }) => byId.get(id) ?? []);
}

/** Hands the first `count` of a line to the engine. @returns how many there were. */
export async function releaseHeld(sql: Sql, engine: Engine, line: Line, count: number): Promise<number> {
  if (count < 1) return 0;
  const { where, values } = ofLine(line);
  const limit = values.length + 1;
  const { rows } = await sql.query<{ readonly id: string; readonly priority: number; readonly exclusive_key: string | null; readonly position: string }>(
    `with next as (
       select id from runs where ${where} and released_at is null and status = 'pending' and (not_before is null or not_before <= clock_timestamp())
       order by priority desc, position limit $${limit} for update skip locked)
     update runs set released_at = clock_timestamp() from next where runs.id = next.id returning runs.id, runs.priority, runs.exclusive_key, runs.position`,
    [...values, count],
  );
  const inOrder = rows.sort((a, b) => b.priority - a.priority || Number(a.position) - Number(b.position));
  for (const row of inOrder) await engine.send(sql, queueOf(line.projectId), row.id, { priority: row.priority, notBefore: null, group: row.exclusive_key });
  if (rows.length > 0) await tellSignal(sql, { kind: "work", projectId: line.projectId });
  return rows.length;
}

/** How many of a line were released and have not ended. */
export async function countActive(sql: Sql, line: Line): Promise<number> {
  const { where, values } = ofLine(line);
  const { rows } = await sql.query<{ readonly count: string }>(`select count(*) as count from runs where ${where} and released_at is not null and status in ('pending', 'started', 'awaiting-input')`, [...values]);
  return Number(rows[0]?.count ?? 0);
}

async function readModes(sql: Sql, { projectId, deploymentId }: HeldParent, runs: readonly HeldRun[]): Promise<(id: string) => string> {
  const ids = [...new Set(runs.flatMap(({ request: { target } }) => (target.kind === "api" ? (target.authSessionId ?? []) : [])))];
  if (ids.length === 0) return () => "shared";
  const { rows } = await sql.query<{ readonly id: string | null; readonly mode: string }>(
    `select s.id, coalesce(s.mode, d.manifest->'authSessions'->>'mode') as mode from deployments d left join auth_sessions s on s.project_id = d.project_id and s.id = any($2) where d.id = $3 and d.project_id = $1`,
    [projectId, ids, deploymentId],
  );
  const modes = new Map(rows.map(({ id, mode }) => [id, mode]));
  return (id) => modes.get(id) ?? "exclusive";
}

function shown(parameters: JsonObject): JsonObject {
  const redactor = createRedactor();
  redactor.addSensitive(parameters);
  return redactor.value(parameters);
}
