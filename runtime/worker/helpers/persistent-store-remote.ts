import type { AttemptScope } from "../attempt-scope.ts";
import { assertKey, type PersistentStoreBackend } from "./persistent-store-file.ts";

/** The store that the parent keeps: on a hosted runtime it is shared by all workers. */
export function createRemotePersistentStore(ask: AttemptScope["askValues"]): PersistentStoreBackend {
  return {
    async get(key) {
      assertKey(key);
      return ask({ operation: "get", key });
    },
    async set(key, value) {
      assertKey(key);
      if (JSON.stringify(value) === undefined) throw new TypeError(`persistentStore: the value of "${key}" is not JSON.`);
      await ask({ operation: "set", key, value });
    },
    async delete(key) {
      assertKey(key);
      return (await ask({ operation: "delete", key })) === true;
    },
    async list(prefix = "") {
      const keys = await ask({ operation: "list", key: prefix });
      return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
    },
  };
}
