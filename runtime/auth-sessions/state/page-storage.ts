import type { StorageItem, StoredDatabase, StoredIndex, StoredObjectStore, StoredRecord } from "../../model/storage-state.ts";
import { pageCodec, type PageCodec } from "./page-codec.ts";

/** What one document holds. */
export interface PageStorage {
  readonly localStorage: readonly StorageItem[];
  readonly sessionStorage: readonly StorageItem[];
  readonly indexedDB: readonly StoredDatabase[];
  readonly losses: readonly { readonly place: string; readonly reason: string }[];
}

/** What is written into one document. */
export type PageStorageToWrite = Pick<PageStorage, "localStorage" | "indexedDB">;

/** An expression that gives the {@link PageStorage} of the document it is evaluated in. */
export function readExpression(): string {
  return `(${readStorage.toString()})((${pageCodec.toString()})())`;
}

/** An expression that writes storage into the document it is evaluated in. */
export function writeExpression(storage: PageStorageToWrite): string {
  return `(${writeStorage.toString()})((${pageCodec.toString()})(), ${JSON.stringify(storage)})`;
}

async function readStorage(codec: PageCodec): Promise<PageStorage> {
  const losses: { place: string; reason: string }[] = [];
  const items = (area: () => Storage): StorageItem[] => {
    try {
      const storage = area();
      return Object.keys(storage).map((name) => ({ name, value: storage.getItem(name) ?? "" }));
    } catch {
      // A sandboxed or opaque document has none.
      return [];
    }
  };
  const answer = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
    });
  const path = (value: string | string[] | null): object => (value === null ? {} : typeof value === "string" ? { keyPath: value } : { keyPathArray: value });
  const readRecord = async (place: string, key: IDBValidKey, value: unknown, hasKeyPath: boolean): Promise<StoredRecord> => {
    const lose = (where: string, reason: string): void => void losses.push({ place: `${place}${where}`, reason });
    const keyPart = hasKeyPath ? {} : codec.isPlain(key) ? { key } : { keyEncoded: await codec.encode(key, lose) };
    return { ...keyPart, ...(codec.isPlain(value) ? { value } : { valueEncoded: await codec.encode(value, lose) }) };
  };
  const readStore = async (database: IDBDatabase, name: string): Promise<StoredObjectStore> => {
    const store = database.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
    const indexes: StoredIndex[] = [...store.indexNames].map((indexName) => {
      const index = store.index(indexName);
      return { name: indexName, ...path(index.keyPath), unique: index.unique, multiEntry: index.multiEntry };
    });
    const records: StoredRecord[] = [];
    for (const [number, key] of keys.entries()) records.push(await readRecord(`indexedDB ${database.name}/${name}/${typeof key === "string" ? key : JSON.stringify(key)}`, key, values[number], store.keyPath !== null));
    return { name, ...path(store.keyPath), autoIncrement: store.autoIncrement, indexes, records };
  };
  const readDatabase = async (name: string): Promise<StoredDatabase> => {
    const database = await answer(indexedDB.open(name));
    try {
      const stores: StoredObjectStore[] = [];
      for (const store of [...database.objectStoreNames]) stores.push(await readStore(database, store));
      return { name, version: database.version, stores };
    } finally {
      database.close();
    }
  };
  const databases: StoredDatabase[] = [];
  const known = await (async () => indexedDB.databases())().catch(() => []);
  for (const { name } of known) {
    if (name === undefined) continue;
    try {
      databases.push(await readDatabase(name));
    } catch (thrown) {
      losses.push({ place: `indexedDB ${name}`, reason: String(thrown) });
    }
  }
  return { localStorage: items(() => localStorage), sessionStorage: items(() => sessionStorage), indexedDB: databases, losses };
}

async function writeStorage(codec: PageCodec, storage: PageStorageToWrite): Promise<readonly { readonly place: string; readonly reason: string }[]> {
  const losses: { place: string; reason: string }[] = [];
  try {
    for (const { name, value } of storage.localStorage) localStorage.setItem(name, value);
  } catch (thrown) {
    losses.push({ place: "localStorage", reason: String(thrown) });
  }
  const keyPathOf = (part: { readonly keyPath?: string; readonly keyPathArray?: readonly string[] }): string | string[] | null => part.keyPath ?? (part.keyPathArray === undefined ? null : [...part.keyPathArray]);
  const open = (database: StoredDatabase): Promise<IDBDatabase> =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open(database.name, database.version);
      request.onupgradeneeded = () => {
        for (const { name, autoIncrement, indexes, ...store } of database.stores) {
          const made = request.result.createObjectStore(name, { keyPath: keyPathOf(store), autoIncrement });
          for (const { name: indexName, unique, multiEntry, ...index } of indexes) made.createIndex(indexName, keyPathOf(index) ?? "", { unique, multiEntry });
        }
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
    });
  for (const database of storage.indexedDB) {
    try {
      const opened = await open(database);
      for (const { name, records } of database.stores) {
        // Everything is decoded first: a transaction ends as soon as it is awaited for something else.
        const ready = await Promise.all(records.map(async (record) => ({ value: "value" in record ? record.value : await codec.decode(record.valueEncoded), key: "keyEncoded" in record ? await codec.decode(record.keyEncoded) : record.key })));
        const transaction = opened.transaction(name, "readwrite");
        const done = new Promise<void>((resolve, reject) => {
          transaction.oncomplete = () => resolve();
          transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
        });
        for (const { value, key } of ready) transaction.objectStore(name).put(value, key as IDBValidKey | undefined);
        await done;
      }
      opened.close();
    } catch (thrown) {
      losses.push({ place: `indexedDB ${database.name}`, reason: String(thrown) });
    }
  }
  return losses;
}
