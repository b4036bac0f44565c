import type { AuthSession, AuthSessionSecrets, AuthSessionStore, AuthSessionSummary } from "../../model/auth-session.ts";
import type { Manifest } from "../../model/deployment.ts";
import { LatchkeyError } from "../../model/errors.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import type { HistoryEntry, HostedAuthSessions } from "../../model/hosted-store.ts";
import type { JsonObject } from "../../model/json.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import { addDelivery } from "./deliveries.ts";
import { toJsonb, type Database, type Sql } from "./database.ts";
import { DELIVERIES, type Engine } from "./engine.ts";
import { withAdvisoryLock } from "./lock.ts";

/** What auth sessions on PostgreSQL are made of. */
export interface AuthSessionTables {
  readonly database: Database;
  /** Connections that hold locks: each lasts as long as the run that holds it. */
  readonly locks: Database;
  readonly engine: Engine;
  readonly sealer: Sealer;
}

const HISTORY_SHOWN = 200;

/** Auth sessions of all projects. */
export function createAuthSessions(tables: AuthSessionTables): HostedAuthSessions {
  const { database } = tables;
  return {
    of: (project) => createProjectStore(tables, project),
    async options(projectId, id) {
      const { rows } = await database.sql.query<{ readonly check_every_ms: string | null; readonly mode: "exclusive" | "shared" | null }>("select check_every_ms, mode from auth_sessions where project_id = $1 and id = $2", [projectId, id]);
      const every = rows[0]?.check_every_ms ?? null;
      return { checkEveryMs: every === null ? null : Number(every), mode: rows[0]?.mode ?? null };
    },
    async change(projectId, id, { checkEveryMs, mode }) {
      await database.sql.query("update auth_sessions set check_every_ms = case when $3 then $4 else check_every_ms end, mode = case when $5 then $6 else mode end, next_check_at = null where project_id = $1 and id = $2", [projectId, id, checkEveryMs !== undefined, checkEveryMs ?? null, mode !== undefined, mode ?? null]);
      await note(database.sql, projectId, id, "changed", { ...(checkEveryMs !== undefined && { checkEveryMs }), ...(mode !== undefined && { mode }) });
    },
    note: (projectId, id, event, details) => note(database.sql, projectId, id, event, details),
    async history(projectId, id) {
      const { rows } = await database.sql.query<{ readonly at: Date; readonly event: HistoryEntry["event"]; readonly details: JsonObject }>("select at, event, details from auth_session_history where project_id = $1 and auth_session_id = $2 order by id desc limit $3", [projectId, id, HISTORY_SHOWN]);
      return rows.map(({ at, event, details }) => ({ at: at.toISOString(), event, details }));
    },
    async takeDueChecks(limit) {
      const { rows } = await database.sql.query<{ readonly id: string; readonly project_id: string; readonly workspace_id: string; readonly name: string; readonly live_deployment_id: string; readonly created_at: Date }>(
        `with due as (
           select s.project_id, s.id, coalesce(s.check_every_ms, (d.manifest->'authSessions'->>'checkEveryMs')::bigint) * interval '1 millisecond' as every
           from auth_sessions s join projects p on p.id = s.project_id join deployments d on d.id = p.live_deployment_id
           where s.summary->>'status' = 'ready' and (s.next_check_at is null or s.next_check_at <= now())
             and coalesce(s.check_every_ms, (d.manifest->'authSessions'->>'checkEveryMs')::bigint) is not null
             and coalesce(s.summary->>'lastCheckAt', s.summary->>'loggedInAt')::timestamptz + coalesce(s.check_every_ms, (d.manifest->'authSessions'->>'checkEveryMs')::bigint) * interval '1 millisecond' <= now()
           for update of s skip locked limit $1)
         update auth_sessions s set next_check_at = now() + due.every from due, projects p
         where s.project_id = due.project_id and s.id = due.id and p.id = s.project_id
         returning s.id, p.id as project_id, p.workspace_id, p.name, p.live_deployment_id, p.created_at`,
        [limit],
      );
      return rows.map((row) => ({ id: row.id, project: { id: row.project_id, workspaceId: row.workspace_id, name: row.name, liveDeploymentId: row.live_deployment_id, createdAt: row.created_at.toISOString() } }));
    },
  };
}

function createProjectStore({ database, locks, engine, sealer }: AuthSessionTables, project: HostedProject): AuthSessionStore {
  const contextOf = (id: string): string => `auth-session ${project.id} ${id}`;
  const lockName = (id: string, purpose: string): string => `${project.id} ${id} ${purpose}`;
  const summary: AuthSessionStore["summary"] = async (id) => {
    const { rows } = await database.sql.query<{ readonly summary: AuthSessionSummary }>("select summary from auth_sessions where project_id = $1 and id = $2", [project.id, id]);
    return rows[0]?.summary ?? null;
  };
  return {
    summary,
    async list() {
      const { rows } = await database.sql.query<{ readonly summary: AuthSessionSummary }>('select summary from auth_sessions where project_id = $1 order by id collate "C"', [project.id]);
      return rows.map((row) => row.summary);
    },
    async get(id) {
      const { rows } = await database.sql.query<{ readonly summary: AuthSessionSummary; readonly sealed_secrets: SealedBox }>("select summary, sealed_secrets from auth_sessions where project_id = $1 and id = $2", [project.id, id]);
      if (rows[0] === undefined) return null;
      // What was sealed was ours; its authenticity has just been checked.
      return { summary: rows[0].summary, secrets: JSON.parse(sealer.open(rows[0].sealed_secrets, contextOf(id))) as AuthSessionSecrets };
    },
    async put(session, expectedVersion) {
      await engine.addQueue(DELIVERIES);
      return database.transaction(async (sql) => {
        const { id } = session.summary;
        const { rows } = await sql.query<{ readonly summary: AuthSessionSummary }>("select summary from auth_sessions where project_id = $1 and id = $2 for update", [project.id, id]);
        const before = rows[0]?.summary ?? null;
        const conflict = new LatchkeyError("STATE_CONFLICT", `The auth session "${id}" was changed by somebody else meanwhile.`);
        if ((before?.version ?? null) !== expectedVersion) throw conflict;
        const written: AuthSession = { ...session, summary: { ...session.summary, version: (expectedVersion ?? 0) + 1 } };
        const values = [project.id, id, toJsonb(written.summary), written.summary.version, sealer.seal(JSON.stringify(written.secrets), contextOf(id))];
        const { rowCount } =
          before === null
            ? await sql.query("insert into auth_sessions (project_id, id, summary, version, sealed_secrets) values ($1, $2, $3, $4, $5) on conflict do nothing", values)
            : await sql.query("update auth_sessions set summary = $3, version = $4, sealed_secrets = $5 where project_id = $1 and id = $2", values);
        // Two made it at once: the first one's is there.
        if (rowCount !== 1) throw conflict;
        await tellOfChange(sql, before, written.summary);
        return written;
      });
    },
    async delete(id) {
      const { rowCount } = await database.sql.query("delete from auth_sessions where project_id = $1 and id = $2", [project.id, id]);
      if (rowCount === 1) await note(database.sql, project.id, id, "deleted", {});
      return rowCount === 1;
    },
    withLock: (id, purpose, options, work) => withAdvisoryLock(locks, lockName(id, purpose), options, work),
  };

  /** History, and the webhook of a login that needs a person, in the transaction of what they tell of. */
  async function tellOfChange(sql: Sql, before: AuthSessionSummary | null, now: AuthSessionSummary): Promise<void> {
    const error = now.lastError === null ? {} : { code: now.lastError.code, message: now.lastError.message };
    const event = before === null ? "created" : now.loggedInAt !== before.loggedInAt ? "logged-in" : now.status === "needs-attention" && before.status !== "needs-attention" ? "needs-attention" : now.failedLogins > before.failedLogins || now.status === "expired" ? "failed" : now.updatedAt !== before.updatedAt ? "state-saved" : "checked";
    await note(sql, project.id, now.id, event, error);
    if (event !== "needs-attention") return;
    const { rows } = await sql.query<{ readonly url: Manifest["authSessions"]["attentionWebhookUrl"] }>("select d.manifest->'authSessions'->>'attentionWebhookUrl' as url from projects p join deployments d on d.id = p.live_deployment_id where p.id = $1", [project.id]);
    const url = rows[0]?.url ?? null;
    if (url === null) return;
    const body = { type: "auth-session.needs-attention", at: new Date().toISOString(), workspaceId: project.workspaceId, project: { id: project.id, name: project.name }, authSession: { id: now.id }, error };
    await addDelivery(sql, { sealer, engine }, { workspaceId: project.workspaceId, projectId: project.id, kind: "needs-attention", runId: null, sink: { type: "webhook", url, headers: {}, skipOnFail: false, apisToSend: [] }, name: "", body });
  }
}

async function note(sql: Sql, projectId: string, id: string, event: HistoryEntry["event"], details: JsonObject): Promise<void> {
  await sql.query("insert into auth_session_history (project_id, auth_session_id, event, details) values ($1, $2, $3, $4)", [projectId, id, event, toJsonb(details)]);
}
