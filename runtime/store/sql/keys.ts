import { createHash, randomBytes, randomUUIDv7 } from "node:crypto";
import { LatchkeyError } from "../../model/errors.ts";
import type { AuditEntry, HostedAudit, HostedKeys } from "../../model/hosted-store.ts";
import type { KeySummary, Principal, Scope } from "../../model/principal.ts";
import { toJsonb, type Database } from "./database.ts";
import { iso } from "./run-row.ts";

/** What secret scanners can find our keys by. */
const PREFIX = "lk_";
const KEY_BYTES = 32;
const HINT_LENGTH = 4;
const VALID = "revoked_at is null and (expires_at is null or expires_at > now())";

/** API keys. They are random, so a plain hash of them is enough: there is nothing to guess. */
export function createKeys(database: Database): HostedKeys {
  return {
    async find(key) {
      const { rows } = await database.sql.query<{ readonly id: string; readonly name: string; readonly workspace_id: string; readonly project_id: string | null; readonly scope: Scope }>(`select id, name, workspace_id, project_id, scope from api_keys where hash = $1 and ${VALID}`, [hashOf(key)]);
      const [row] = rows;
      if (row === undefined) return null;
      // Once a minute is enough to tell whether a key is still in use.
      await database.sql.query("update api_keys set last_used_at = now() where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')", [row.id]);
      return { keyId: row.id, name: row.name, workspaceId: row.workspace_id, projectId: row.project_id, scope: row.scope } satisfies Principal;
    },
    async create({ workspaceId, projectId, name, scope, expiresAt }) {
      const key = `${PREFIX}${randomBytes(KEY_BYTES).toString("base64url")}`;
      const id = randomUUIDv7();
      await database.sql.query("insert into api_keys (id, workspace_id, project_id, name, scope, hash, hint, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)", [id, workspaceId, projectId, name, scope, hashOf(key), key.slice(-HINT_LENGTH), expiresAt]);
      const summary = (await listKeys(workspaceId, id))[0];
      if (summary === undefined) throw new LatchkeyError("INTERNAL", "The key was not recorded.");
      return { key, summary };
    },
    list: (workspaceId) => listKeys(workspaceId, null),
    async revoke(workspaceId, id) {
      await database.transaction(async (sql) => {
        const { rows } = await sql.query<{ readonly id: string; readonly scope: Scope; readonly project_id: string | null }>(`select id, scope, project_id from api_keys where workspace_id = $1 and ${VALID} for update`, [workspaceId]);
        const key = rows.find((candidate) => candidate.id === id);
        if (key === undefined) throw new LatchkeyError("KEY_NOT_FOUND", `There is no valid API key "${id}".`);
        const admins = rows.filter(({ scope, project_id: projectId }) => scope === "admin" && projectId === null);
        if (admins.length === 1 && admins[0]?.id === id) throw new LatchkeyError("LAST_ADMIN_KEY", "It is the last key that may make keys.");
        await sql.query("update api_keys set revoked_at = now() where id = $1", [id]);
      });
    },
  };

  async function listKeys(workspaceId: string, id: string | null): Promise<readonly KeySummary[]> {
    const { rows } = await database.sql.query<{ readonly id: string; readonly name: string; readonly scope: Scope; readonly project: string | null; readonly hint: string; readonly created_at: Date; readonly expires_at: Date | null; readonly last_used_at: Date | null; readonly revoked_at: Date | null }>(
      "select k.id, k.name, k.scope, p.name as project, k.hint, k.created_at, k.expires_at, k.last_used_at, k.revoked_at from api_keys k left join projects p on p.id = k.project_id where k.workspace_id = $1 and ($2::uuid is null or k.id = $2) order by k.id",
      [workspaceId, id],
    );
    return rows.map((row) => ({ id: row.id, name: row.name, scope: row.scope, project: row.project, hint: row.hint, createdAt: row.created_at.toISOString(), expiresAt: iso(row.expires_at), lastUsedAt: iso(row.last_used_at), revokedAt: iso(row.revoked_at) }));
  }
}

function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** The audit log: only ever added to. */
export function createAudit(database: Database): HostedAudit {
  return {
    async note(workspaceId, { actor, action, subject, details = {} }) {
      await database.sql.query("insert into audit (workspace_id, actor, action, subject, details) values ($1, $2, $3, $4, $5)", [workspaceId, actor, action, subject, toJsonb(details)]);
    },
    async list(workspaceId, { cursor, limit }) {
      const { rows } = await database.sql.query<Omit<AuditEntry, "at"> & { readonly at: Date }>("select id, at, actor, action, subject, details from audit where workspace_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3", [workspaceId, cursor ?? null, limit]);
      return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
    },
  };
}
