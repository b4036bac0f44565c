import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { createSealer } from "../../runtime/auth-sessions/seal/create-sealer.ts";
import { loadSealKeys } from "../../runtime/auth-sessions/seal/load-seal-key.ts";
import { TIMING } from "../../runtime/compose-timing.ts";
import { openHostedStore } from "../../runtime/store/sql/hosted-store.ts";
import type { Hosted } from "./hosted.ts";

/** Makes a second workspace in the runtime's database. @returns an admin key of it. */
export async function otherWorkspace(hosted: Hosted): Promise<string> {
  const socketDir = (await readFile(join(hosted.dir, "data", "postgres", "socket"), "utf8")).trim();
  const client = new pg.Client({ host: socketDir, port: 5432, user: "latchkey", database: "latchkey", options: "-c search_path=latchkey" });
  await client.connect();
  const { rows } = await client.query<{ readonly id: string }>("insert into workspaces (id, name) values (gen_random_uuid(), 'strangers') returning id");
  await client.end();
  const sealer = createSealer(await loadSealKeys({ keyText: null, keyFile: join(hosted.dir, ".config", "latchkey", "seal.key"), mayCreate: false }));
  await using store = await openHostedStore({ timing: TIMING, address: { socketDir }, sealer, name: "test", connections: 2, supervise: false, onError: () => undefined });
  return (await store.keys.create({ workspaceId: rows[0]?.id ?? "", projectId: null, name: "stranger", scope: "admin", expiresAt: null })).key;
}
