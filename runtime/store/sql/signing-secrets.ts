import { randomBytes, randomUUIDv7 } from "node:crypto";
import type { HostedSigning } from "../../model/hosted-store.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import type { Database, Sql } from "./database.ts";

/** Standard Webhooks asks for 24 to 64 bytes, and for this prefix. */
const SECRET_BYTES = 32;
const PREFIX = "whsec_";
const OVERLAP = "24 hours";

interface SecretRow {
  readonly id: string;
  readonly sealed_secret: SealedBox;
  readonly created_at: Date;
}

const contextOf = (id: string): string => `signing-secret ${id}`;

async function add(sql: Sql, sealer: Sealer, projectId: string): Promise<{ readonly secret: string; readonly createdAt: string }> {
  const id = randomUUIDv7();
  const secret = `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`;
  const { rows } = await sql.query<{ readonly created_at: Date }>("insert into signing_secrets (id, project_id, sealed_secret) values ($1, $2, $3) returning created_at", [id, projectId, sealer.seal(secret, contextOf(id))]);
  return { secret, createdAt: (rows[0]?.created_at ?? new Date()).toISOString() };
}

async function read(sql: Sql, projectId: string): Promise<readonly SecretRow[]> {
  const { rows } = await sql.query<SecretRow>("select id, sealed_secret, created_at from signing_secrets where project_id = $1 and (expires_at is null or expires_at > now()) order by id desc", [projectId]);
  return rows;
}

/** The secrets that webhooks of a project are signed with now, newest first; the first one is made when it is first needed. */
export async function secretsOf(database: Database, sealer: Sealer, projectId: string): Promise<readonly string[]> {
  const rows = await read(database.sql, projectId);
  if (rows.length > 0) return rows.map((row) => sealer.open(row.sealed_secret, contextOf(row.id)));
  return [(await first(database, sealer, projectId)).secret];
}

/** Of several that need the first one at once, one makes it. */
function first(database: Database, sealer: Sealer, projectId: string): Promise<{ readonly secret: string; readonly createdAt: string }> {
  return database.transaction(async (sql) => {
    await sql.query("select 1 from projects where id = $1 for update", [projectId]);
    const [row] = await read(sql, projectId);
    return row === undefined ? add(sql, sealer, projectId) : { secret: sealer.open(row.sealed_secret, contextOf(row.id)), createdAt: row.created_at.toISOString() };
  });
}

/** Signing secrets on PostgreSQL. */
export function createSigning(database: Database, sealer: Sealer): HostedSigning {
  return {
    current: (projectId) => first(database, sealer, projectId),
    rotate: (projectId) =>
      database.transaction(async (sql) => {
        await sql.query("select 1 from projects where id = $1 for update", [projectId]);
        await sql.query(`update signing_secrets set expires_at = least(coalesce(expires_at, 'infinity'), now() + interval '${OVERLAP}') where project_id = $1`, [projectId]);
        await sql.query("delete from signing_secrets where project_id = $1 and expires_at < now()", [projectId]);
        return add(sql, sealer, projectId);
      }),
  };
}
