import type { JsonValue } from "./json.ts";

/** The persistent store of one project, where the runtime keeps it rather than a file. */
export interface PersistentValues {
  get(key: string): Promise<JsonValue | undefined>;
  set(key: string, value: JsonValue): Promise<void>;
  delete(key: string): Promise<boolean>;
  list(prefix: string): Promise<readonly string[]>;
}
