import type { JsonValue } from "../../model/json.ts";
import { attemptScope } from "../attempt-scope.ts";
import { createFilePersistentStore, type PersistentStoreBackend } from "./persistent-store-file.ts";
import { createRemotePersistentStore } from "./persistent-store-remote.ts";

const store = (): PersistentStoreBackend => {
  const { storeFile, askValues } = attemptScope("persistentStore");
  return storeFile === null ? createRemotePersistentStore(askValues) : createFilePersistentStore(storeFile);
};

/** JSON values shared by all runs of the project. Keys have at least one character and no `:` or `#`. */
export const persistentStore = {
  /** The value, or undefined. */
  get: <T = JsonValue>(key: string): Promise<T | undefined> => store().get(key) as Promise<T | undefined>,
  /** Keeps a JSON value. */
  set: (key: string, value: JsonValue): Promise<void> => store().set(key, value),
  /** Whether there was something to delete. */
  delete: (key: string): Promise<boolean> => store().delete(key),
  /** All keys, sorted; only those that begin with `prefix`, when it is given. */
  list: (prefix?: string): Promise<readonly string[]> => store().list(prefix),
};
