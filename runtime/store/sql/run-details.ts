import { randomUUIDv7 } from "node:crypto";
import { LatchkeyError } from "../../model/errors.ts";
import type { StoredPrompt } from "../../model/hosted-run.ts";
import type { HostedArtifacts, HostedEvents, HostedPrompts } from "../../model/hosted-store.ts";
import type { JsonObject } from "../../model/json.ts";
import type { RunEvent } from "../../model/run.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import { toJsonb, type Database } from "./database.ts";
import { tellSignal } from "./signals.ts";

/** Events of runs. */
export function createEvents(database: Database): HostedEvents {
  return {
    async append(runId, events) {
      await database.sql.query("with added as (insert into run_events (run_id, event) select $1, value from jsonb_array_elements($2::jsonb) returning 1) select pg_notify('latchkey', $3)", [runId, toJsonb(events), JSON.stringify({ kind: "events", runId })]);
    },
    async list(runId, { after, limit }) {
      const { rows } = await database.sql.query<{ readonly id: string; readonly event: RunEvent }>("select id, event from run_events where run_id = $1 and id > $2 order by id limit $3", [runId, after ?? "0", limit]);
      return rows;
    },
  };
}

interface PromptRow {
  readonly id: string;
  readonly run_id: string;
  readonly auth_session_id: string | null;
  readonly question: JsonObject;
  readonly asked_at: Date;
  readonly expires_at: Date;
  readonly answered_at: Date | null;
  readonly closed_at: Date | null;
  readonly sealed_answer: SealedBox | null;
}

const PROMPT_COLUMNS = "q.id, q.run_id, r.auth_session_id, q.question, q.asked_at, q.expires_at, q.answered_at, q.closed_at";

/** Questions of runs; answers are sealed, since they are one-time passwords more often than not. */
export function createPrompts(database: Database, sealer: Sealer): HostedPrompts {
  const contextOf = (id: string): string => `prompt ${id}`;
  return {
    async ask(runId, question, timeoutMs) {
      const id = randomUUIDv7();
      await database.sql.query("insert into prompts (id, run_id, question, expires_at) values ($1, $2, $3, now() + $4 * interval '1 millisecond')", [id, runId, toJsonb(question), timeoutMs]);
      return id;
    },
    async answerOf(promptId) {
      const { rows } = await database.sql.query<Pick<PromptRow, "sealed_answer">>("select sealed_answer from prompts where id = $1", [promptId]);
      const box = rows[0]?.sealed_answer ?? null;
      return box === null ? null : sealer.open(box, contextOf(promptId));
    },
    async close(promptId) {
      // An answer is of no use once it was given.
      await database.sql.query("update prompts set closed_at = now(), sealed_answer = null where id = $1", [promptId]);
    },
    async answer(runId, promptId, value) {
      await database.transaction(async (sql) => {
        const { rows } = await sql.query<PromptRow>("select answered_at, closed_at, expires_at from prompts where id = $1 and run_id = $2 for update", [promptId, runId]);
        const [row] = rows;
        if (row === undefined) throw new LatchkeyError("PROMPT_NOT_FOUND", `The run asks no question "${promptId}".`);
        if (row.answered_at !== null) throw new LatchkeyError("PROMPT_CLOSED", "The question was answered before.");
        if (row.closed_at !== null || row.expires_at.getTime() <= Date.now()) throw new LatchkeyError("PROMPT_CLOSED", "The question is no longer open.");
        await sql.query("update prompts set sealed_answer = $2, answered_at = now() where id = $1", [promptId, sealer.seal(value, contextOf(promptId))]);
        await tellSignal(sql, { kind: "answer", runId });
      });
    },
    async ofRun(runId) {
      const { rows } = await database.sql.query<PromptRow>(`select ${PROMPT_COLUMNS} from prompts q join runs r on r.id = q.run_id where q.run_id = $1 order by q.id`, [runId]);
      return rows.map(toPrompt);
    },
    async open(projectId) {
      const { rows } = await database.sql.query<PromptRow>(`select ${PROMPT_COLUMNS} from prompts q join runs r on r.id = q.run_id where r.project_id = $1 and r.status = 'awaiting-input' and q.answered_at is null and q.closed_at is null and q.expires_at > now() order by q.id limit 1000`, [projectId]);
      return rows.map(toPrompt);
    },
  };
}

function toPrompt({ id, run_id: runId, auth_session_id: authSessionId, question, asked_at: askedAt, expires_at: expiresAt, answered_at: answeredAt, closed_at: closedAt }: PromptRow): StoredPrompt {
  const status = answeredAt !== null ? "answered" : closedAt !== null || expiresAt.getTime() <= Date.now() ? "expired" : "open";
  return { id, runId, authSessionId, question, askedAt: askedAt.toISOString(), expiresAt: expiresAt.toISOString(), status };
}

/** Names of files that runs left. */
export function createArtifacts(database: Database): HostedArtifacts {
  return {
    async add(runId, { name, sizeBytes }) {
      await database.sql.query("insert into artifacts (run_id, name, size_bytes) values ($1, $2, $3) on conflict (run_id, name) do update set size_bytes = $3", [runId, name, sizeBytes]);
    },
    async list(runId) {
      const { rows } = await database.sql.query<{ readonly name: string; readonly size_bytes: string }>("select name, size_bytes from artifacts where run_id = $1 order by name", [runId]);
      return rows.map(({ name, size_bytes: sizeBytes }) => ({ name, sizeBytes: Number(sizeBytes) }));
    },
  };
}
