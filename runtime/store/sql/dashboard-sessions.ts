import { createHash, randomBytes } from "node:crypto";
import type { DashboardSession, HostedDashboardSessions } from "../../model/hosted-store.ts";
import type { Scope } from "../../model/principal.ts";
import type { Database } from "./database.ts";

const TOKEN_BYTES = 32;

/** Sessions of the dashboard: each stands for one API key, for as long as that key is valid. */
export function createDashboardSessions(database: Database): HostedDashboardSessions {
  return {
    async start(keyId, expiresAt) {
      const token = randomBytes(TOKEN_BYTES).toString("base64url");
      await database.sql.query("delete from dashboard_sessions where expires_at < now()");
      await database.sql.query("insert into dashboard_sessions (hash, key_id, expires_at) values ($1, $2, least($3::timestamptz, (select expires_at from api_keys where id = $2)))", [hashOf(token), keyId, expiresAt]);
      return token;
    },
    async find(token) {
      const { rows } = await database.sql.query<{ readonly id: string; readonly name: string; readonly workspace_id: string; readonly project_id: string | null; readonly project: string | null; readonly scope: Scope; readonly expires_at: Date }>(
        "select k.id, k.name, k.workspace_id, k.project_id, p.name as project, k.scope, s.expires_at from dashboard_sessions s join api_keys k on k.id = s.key_id left join projects p on p.id = k.project_id where s.hash = $1 and s.expires_at > now() and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())",
        [hashOf(token)],
      );
      const [row] = rows;
      if (row === undefined) return null;
      const principal = { keyId: row.id, name: row.name, workspaceId: row.workspace_id, projectId: row.project_id, scope: row.scope };
      return { principal, project: row.project, expiresAt: row.expires_at.toISOString() } satisfies DashboardSession;
    },
    async end(token) {
      await database.sql.query("delete from dashboard_sessions where hash = $1", [hashOf(token)]);
    },
  };
}

/** The token is random: a plain hash is enough, there is nothing to guess. */
function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
