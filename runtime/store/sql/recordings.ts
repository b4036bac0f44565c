import { createHash, randomBytes } from "node:crypto";
import { LatchkeyError, type ErrorBody } from "../../model/errors.ts";
import { hasEnded, type HostedRunStatus } from "../../model/hosted-run.ts";
import type { HostedRecordings, VisitedRecording } from "../../model/recording.ts";
import type { Database, Sql } from "./database.ts";

const SECRET_BYTES = 32;
const VISIT_MS = 2 * 60 * 60 * 1_000;
/** How long the person may still read what became of it. */
const AFTERWARDS = "interval '10 minutes'";

interface RecordingRow {
  readonly run_id: string;
  readonly project_id: string;
  readonly project: string;
  readonly workspace_id: string;
  readonly auth_session_id: string;
  readonly status: HostedRunStatus;
  readonly error: ErrorBody | null;
  readonly expires_at: Date;
}

/** Links to recordings. Their secrets are random, so a plain hash of them is enough: there is nothing to guess. */
export function createRecordings(database: Database): HostedRecordings {
  return {
    async addLink(runId, expiresInMs) {
      const token = newSecret();
      const { rows } = await database.sql.query<{ readonly expires_at: Date }>("insert into recording_links (hash, run_id, expires_at) values ($1, $2, now() + $3 * interval '1 millisecond') returning expires_at", [hashOf(token), runId, expiresInMs]);
      return { token, expiresAt: (rows[0]?.expires_at ?? new Date()).toISOString() };
    },
    useLink: (token) =>
      database.transaction(async (sql) => {
        const { rows } = await sql.query<{ readonly run_id: string; readonly used_at: Date | null; readonly is_expired: boolean }>("select run_id, used_at, expires_at <= now() as is_expired from recording_links where hash = $1 for update", [hashOf(token)]);
        const [link] = rows;
        if (link?.used_at != null) throw new LatchkeyError("LINK_USED", "The link was used before.");
        if (link === undefined || link.is_expired) throw new LatchkeyError("LINK_EXPIRED", "The link is not valid, or no longer.", { hint: "Ask whoever sent it for a new one." });
        await sql.query("update recording_links set used_at = now() where hash = $1", [hashOf(token)]);
        const visit = newSecret();
        await sql.query("insert into recording_visits (hash, run_id, expires_at) values ($1, $2, now() + $3 * interval '1 millisecond')", [hashOf(visit), link.run_id, VISIT_MS]);
        const recording = await find(sql, visit);
        if (recording === null || hasEnded(recording.status)) throw new LatchkeyError("RUN_ENDED", "The recording is over.", { hint: "Ask whoever sent the link for a new one." });
        return { visit, recording };
      }),
    find: (visit) => find(database.sql, visit),
  };

  async function find(sql: Sql, visit: string): Promise<VisitedRecording | null> {
    const { rows } = await sql.query<RecordingRow>(
      `select r.id as run_id, r.project_id, p.name as project, r.workspace_id, r.auth_session_id, r.status, r.error, v.expires_at
       from recording_visits v join runs r on r.id = v.run_id join projects p on p.id = r.project_id
       where v.hash = $1 and v.expires_at > now() and (r.ended_at is null or r.ended_at > now() - ${AFTERWARDS})`,
      [hashOf(visit)],
    );
    const [row] = rows;
    if (row === undefined) return null;
    return { runId: row.run_id, projectId: row.project_id, project: row.project, workspaceId: row.workspace_id, authSessionId: row.auth_session_id, status: row.status, error: row.error, expiresAt: row.expires_at.toISOString() };
  }
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
