import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import lockfile from "proper-lockfile";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json.ts";

/** Key and value, shared by all runs of a project. */
export interface PersistentStoreBackend {
  get(key: string): Promise<JsonValue | undefined>;
  set(key: string, value: JsonValue): Promise<void>;
  delete(key: string): Promise<boolean>;
  list(prefix?: string): Promise<readonly string[]>;
}

/** The store in `file`. */
export function createFilePersistentStore(file: string): PersistentStoreBackend {
  const change = async <T>(work: (values: JsonObject) => T): Promise<T> => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const release = await lockfile.lock(file, { realpath: false, retries: { retries: 100, minTimeout: 20, maxTimeout: 200 } });
    try {
      const values = await read(file);
      const result = work(values);
      await replace(file, `${JSON.stringify(values, null, 2)}\n`);
      return result;
    } finally {
      await release();
    }
  };
  return {
    async get(key) {
      assertKey(key);
      const values = await read(file);
      return Object.hasOwn(values, key) ? values[key] : undefined;
    },
    async set(key, value) {
      assertKey(key);
      if (JSON.stringify(value) === undefined) throw new TypeError(`persistentStore: the value of "${key}" is not JSON.`);
      await change((values) => void (values[key] = value));
    },
    async delete(key) {
      assertKey(key);
      return change((values) => {
        const wasThere = Object.hasOwn(values, key);
        // A dictionary is what is stored here.
        Reflect.deleteProperty(values, key);
        return wasThere;
      });
    },
    async list(prefix = "") {
      return Object.keys(await read(file)).filter((key) => key.startsWith(prefix)).sort();
    },
  };
}

/** @throws TypeError */
export function assertKey(key: string): void {
  if (typeof key !== "string" || key === "" || /[:#]/.test(key)) throw new TypeError('persistentStore: a key has at least one character and no ":" or "#".');
}

async function read(file: string): Promise<JsonObject> {
  const text = await readFile(file, "utf8").catch((thrown: unknown) => {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return "{}";
    throw thrown;
  });
  const values: unknown = JSON.parse(text);
  if (!isJsonObject(values)) throw new Error(`persistentStore: ${file} is damaged; it was left as it is.`);
  // Without a prototype, so that every key is a plain one: `constructor` and `__proto__` too.
  return Object.assign(Object.create(null) as JsonObject, values);
}

/** The parent's store does the same; this process is one bundle and imports nothing of it. */
async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await using handle = await open(temporary, "w", 0o600);
  await handle.writeFile(text);
  await handle.sync();
  if ((await handle.stat()).size !== Buffer.byteLength(text)) throw new Error("persistentStore: the disk is full; what was there before is unchanged.");
  await rename(temporary, file);
}
