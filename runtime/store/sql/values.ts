import type { HostedValues } from "../../model/hosted-store.ts";
import type { JsonValue } from "../../model/json.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import type { Database } from "./database.ts";

/** The author's persistent store. Authors keep tokens there, so its values are sealed. */
export function createValues(database: Database, sealer: Sealer): HostedValues {
  const contextOf = (projectId: string, key: string): string => `value ${projectId} ${key}`;
  return {
    async get(projectId, key) {
      const { rows } = await database.sql.query<{ readonly sealed_value: SealedBox }>("select sealed_value from project_store where project_id = $1 and key = $2", [projectId, key]);
      return rows[0] === undefined ? undefined : (JSON.parse(sealer.open(rows[0].sealed_value, contextOf(projectId, key))) as JsonValue);
    },
    async set(projectId, key, value) {
      await database.sql.query("insert into project_store (project_id, key, sealed_value) values ($1, $2, $3) on conflict (project_id, key) do update set sealed_value = excluded.sealed_value", [projectId, key, sealer.seal(JSON.stringify(value), contextOf(projectId, key))]);
    },
    async delete(projectId, key) {
      const { rowCount } = await database.sql.query("delete from project_store where project_id = $1 and key = $2", [projectId, key]);
      return rowCount === 1;
    },
    async list(projectId, prefix) {
      const { rows } = await database.sql.query<{ readonly key: string }>("select key from project_store where project_id = $1 and starts_with(key, $2) order by key", [projectId, prefix]);
      return rows.map(({ key }) => key);
    },
  };
}
