import { MAX_INPUT_BYTES, piecesOf, type HostedLive, type LiveInput, type LivePage } from "../../model/live.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import type { Database } from "./database.ts";
import { tellSignal } from "./signals.ts";

/** A viewer says every two seconds that it is there. */
const GONE_AFTER = "interval '6 seconds'";
/** Each frame leaves a dead row of its size, and PostgreSQL's own vacuum comes once a minute at best. */
const FRAMES_TO_VACUUM = 100;

interface FrameRow {
  readonly page_number: string;
  readonly frame_number: string;
  readonly sealed_page: string | null;
  readonly sealed_frame: string | null;
}

/** The live view's way through the database. What is sealed here lives for seconds, so a change of the key need not wrap it again. */
export function createLive(database: Database, sealer: Sealer): HostedLive {
  const { sql } = database;
  let framesSinceVacuum = 0;
  const seal = (text: string, what: string, runId: string): string => JSON.stringify(sealer.seal(text, `live-${what} ${runId}`));
  const open = (box: string, what: string, runId: string): string => sealer.open(JSON.parse(box) as SealedBox, `live-${what} ${runId}`);
  const put = (runId: string, what: "page" | "frame", sealed: string): Promise<unknown> =>
    sql.query(
      `with put as (
         insert into live_frames (run_id, ${what}_number, sealed_${what}) values ($1, nextval('live_numbers'), $2)
         on conflict (run_id) do update set ${what}_number = excluded.${what}_number, sealed_${what} = excluded.sealed_${what} returning 1)
       select pg_notify('latchkey', $3) from put`,
      [runId, sealed, JSON.stringify({ kind: "frame", runId })],
    );

  return {
    async isWatched(runId) {
      const { rowCount } = await sql.query(`select 1 from live_viewers where run_id = $1 and seen_at > now() - ${GONE_AFTER} limit 1`, [runId]);
      return rowCount === 1;
    },
    async putPage(runId, page) {
      await put(runId, "page", seal(JSON.stringify(page), "page", runId));
    },
    async putFrame(runId, jpeg) {
      await put(runId, "frame", seal(jpeg.toString("base64"), "frame", runId));
      framesSinceVacuum += 1;
      if (framesSinceVacuum < FRAMES_TO_VACUUM) return;
      framesSinceVacuum = 0;
      void sql.query("vacuum (skip_locked, truncate false) live_frames").catch(() => undefined);
    },
    async hide(runId) {
      await sql.query("delete from live_frames where run_id = $1", [runId]);
      await tellSignal(sql, { kind: "frame", runId });
    },
    async watch(runId, viewerId) {
      await sql.query("with seen as (insert into live_viewers (run_id, viewer_id) values ($1, $2) on conflict (run_id, viewer_id) do update set seen_at = now() returning 1) select pg_notify('latchkey', $3) from seen", [runId, viewerId, JSON.stringify({ kind: "watch", runId })]);
    },
    async unwatch(runId, viewerId) {
      await sql.query("delete from live_viewers where run_id = $1 and viewer_id = $2", [runId, viewerId]);
      await tellSignal(sql, { kind: "watch", runId });
    },
    async look(runId, seen) {
      const { rows } = await sql.query<FrameRow>("select page_number, frame_number, case when page_number > $2 then sealed_page end as sealed_page, case when frame_number > $3 then sealed_frame end as sealed_frame from live_frames where run_id = $1", [runId, seen.page, seen.frame]);
      const [row] = rows;
      if (row === undefined) return null;
      return {
        seen: { page: Number(row.page_number), frame: Number(row.frame_number) },
        page: row.sealed_page === null ? null : (JSON.parse(open(row.sealed_page, "page", runId)) as LivePage),
        jpeg: row.sealed_frame === null ? null : Buffer.from(open(row.sealed_frame, "frame", runId), "base64"),
      };
    },
    async sendInputs(runId, viewerId, inputs) {
      await tellSignal(sql, { kind: "input", runId, viewerId, sealed: seal(JSON.stringify(inputs), "input", runId) });
    },
    openInputs: ({ runId, sealed }) => JSON.parse(open(sealed, "input", runId)) as readonly LiveInput[],
    async sendSelection(runId, viewerId, text) {
      const pieces = piecesOf(text, MAX_INPUT_BYTES);
      for (const [index, piece] of pieces.entries()) await tellSignal(sql, { kind: "selection", runId, viewerId, sealed: seal(piece, "selection", runId), isLast: index === pieces.length - 1 });
    },
    openSelection: ({ runId, sealed }) => open(sealed, "selection", runId),
  };
}

/** Removes what no run that goes on needs: of workers and servers that were killed. */
export async function sweepLive({ sql }: Database): Promise<void> {
  await sql.query("delete from live_frames where run_id in (select id from runs where ended_at is not null)");
  await sql.query("delete from live_viewers where seen_at < now() - interval '1 minute'");
  await sql.query("delete from recording_links where expires_at < now() - interval '1 day'");
  await sql.query("delete from recording_visits where expires_at < now()");
}
