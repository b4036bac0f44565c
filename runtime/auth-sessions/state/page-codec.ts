/**
 * Turns values that IndexedDB can hold into JSON and back. Runs in the page, so it is one function that
 * refers to nothing outside itself. The tags `v d bi r e m se u ta ab o a ref` are Playwright's
 * (its `utilityScriptSerializers`), so its files can be read; `bl` (Blob), `fi` (File), `ck` (CryptoKey),
 * `ho` (hole of an array) are ours.
 */
export function pageCodec(): PageCodec {
  type Json = unknown;
  const bytesToBase64 = (bytes: Uint8Array): string => {
    let text = "";
    for (let index = 0; index < bytes.length; index += 8192) text += String.fromCharCode(...bytes.subarray(index, index + 8192));
    return btoa(text);
  };
  const base64ToBytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const ARRAYS: Record<string, [string, (buffer: ArrayBuffer) => ArrayBufferView]> = {
    Int8Array: ["i8", (buffer) => new Int8Array(buffer)],
    Uint8Array: ["ui8", (buffer) => new Uint8Array(buffer)],
    Uint8ClampedArray: ["ui8c", (buffer) => new Uint8ClampedArray(buffer)],
    Int16Array: ["i16", (buffer) => new Int16Array(buffer)],
    Uint16Array: ["ui16", (buffer) => new Uint16Array(buffer)],
    Int32Array: ["i32", (buffer) => new Int32Array(buffer)],
    Uint32Array: ["ui32", (buffer) => new Uint32Array(buffer)],
    Float32Array: ["f32", (buffer) => new Float32Array(buffer)],
    Float64Array: ["f64", (buffer) => new Float64Array(buffer)],
    BigInt64Array: ["bi64", (buffer) => new BigInt64Array(buffer)],
    BigUint64Array: ["bui64", (buffer) => new BigUint64Array(buffer)],
    DataView: ["dv", (buffer) => new DataView(buffer)],
  };
  const nameOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

  const isPlain = (value: unknown, seen: Set<unknown>): boolean => {
    if (value === null || typeof value === "string" || typeof value === "boolean") return true;
    if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
    if (typeof value !== "object" || seen.has(value)) return false;
    seen.add(value);
    if (Array.isArray(value)) return Object.keys(value).length === value.length && value.every((item) => isPlain(item, seen));
    return nameOf(value) === "Object" && Object.values(value).every((item) => isPlain(item, seen));
  };

  const encode = async (root: unknown, lose: (path: string, reason: string) => void): Promise<Json> => {
    const ids = new Map<object, number>();
    const walk = async (value: unknown, path: string): Promise<Json> => {
      if (value === undefined) return { v: "undefined" };
      if (value === null || typeof value === "string" || typeof value === "boolean") return value;
      if (typeof value === "bigint") return { bi: value.toString() };
      if (typeof value === "number") return Number.isNaN(value) ? { v: "NaN" } : value === Infinity ? { v: "Infinity" } : value === -Infinity ? { v: "-Infinity" } : Object.is(value, -0) ? { v: "-0" } : value;
      if (typeof value !== "object") {
        lose(path, `a ${typeof value} cannot be carried`);
        return { v: "undefined" };
      }
      const known = ids.get(value);
      if (known !== undefined) return { ref: known };
      const id = ids.size + 1;
      ids.set(value, id);
      return walkObject(value, path, id);
    };
    const walkObject = async (value: object, path: string, id: number): Promise<Json> => {
      const name = nameOf(value);
      if (value instanceof Date) return { d: Number.isNaN(value.getTime()) ? "invalid" : value.toJSON(), id };
      if (value instanceof RegExp) return { r: { p: value.source, f: value.flags }, id };
      if (value instanceof Error) return { e: { n: value.name, m: value.message, s: value.stack ?? "" }, id };
      if (value instanceof Map) return { m: await each([...value].flat(), path), id };
      if (value instanceof Set) return { se: await each([...value], path), id };
      if (value instanceof ArrayBuffer) return { ab: { b: bytesToBase64(new Uint8Array(value)) }, id };
      if (ArrayBuffer.isView(value)) return { ta: { b: bytesToBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)), k: ARRAYS[name]?.[0] ?? "ui8" }, id };
      if (value instanceof Blob) {
        const blob = { b: bytesToBase64(new Uint8Array(await value.arrayBuffer())), t: value.type };
        return value instanceof File ? { fi: { ...blob, n: value.name, l: value.lastModified }, id } : { bl: blob, id };
      }
      if (name === "CryptoKey") return walkKey(value as CryptoKey, path, id);
      if (Array.isArray(value)) {
        const items: Json[] = [];
        for (let index = 0; index < value.length; index++) items.push(index in value ? await walk(value[index], `${path}[${index}]`) : { ho: 1 });
        return { a: items, id };
      }
      if (name !== "Object") {
        lose(path, `a ${name} cannot be carried`);
        return { v: "undefined" };
      }
      const entries: Json[] = [];
      for (const [key, item] of Object.entries(value)) entries.push({ k: key, v: await walk(item, `${path}.${key}`) });
      return { o: entries, id };
    };
    const walkKey = async (key: CryptoKey, path: string, id: number): Promise<Json> => {
      if (!key.extractable) {
        lose(path, "the CryptoKey is not extractable");
        return { v: "undefined" };
      }
      return { ck: { j: await crypto.subtle.exportKey("jwk", key), g: await walk({ ...key.algorithm }, path), u: key.usages }, id };
    };
    const each = async (items: readonly unknown[], path: string): Promise<Json[]> => {
      const encoded: Json[] = [];
      for (const [index, item] of items.entries()) encoded.push(await walk(item, `${path}[${index}]`));
      return encoded;
    };
    return walk(root, "");
  };

  const decode = async (json: unknown): Promise<unknown> => {
    const made = new Map<unknown, unknown>();
    const keep = <T>(id: unknown, value: T): T => {
      if (id !== undefined) made.set(id, value);
      return value;
    };
    const walk = async (value: unknown): Promise<unknown> => {
      if (typeof value !== "object" || value === null) return value;
      const tag = value as Record<string, never>;
      const { id } = tag;
      if ("v" in tag) return ({ undefined: undefined, null: null, NaN: Number.NaN, Infinity, "-Infinity": -Infinity, "-0": -0 } as Record<string, unknown>)[String(tag["v"])];
      if ("ref" in tag) return made.get(tag["ref"]);
      if ("bi" in tag) return BigInt(tag["bi"]);
      if ("d" in tag) return keep(id, new Date(tag["d"]));
      if ("u" in tag) return new URL(tag["u"]);
      if ("r" in tag) return keep(id, new RegExp(tag["r"]["p"], tag["r"]["f"]));
      if ("e" in tag) return keep(id, Object.assign(new Error(tag["e"]["m"]), { name: tag["e"]["n"], stack: tag["e"]["s"] }));
      if ("ab" in tag) return keep(id, base64ToBytes(tag["ab"]["b"]).buffer);
      if ("ta" in tag) {
        const kind: string = tag["ta"]["k"];
        const make = Object.values(ARRAYS).find(([known]) => known === kind)?.[1];
        return keep(id, make?.(base64ToBytes(tag["ta"]["b"]).buffer));
      }
      if ("bl" in tag) return keep(id, new Blob([base64ToBytes(tag["bl"]["b"])], { type: tag["bl"]["t"] }));
      if ("fi" in tag) return keep(id, new File([base64ToBytes(tag["fi"]["b"])], tag["fi"]["n"], { type: tag["fi"]["t"], lastModified: tag["fi"]["l"] }));
      if ("ck" in tag) return keep(id, await crypto.subtle.importKey("jwk", tag["ck"]["j"], (await walk(tag["ck"]["g"])) as AlgorithmIdentifier, true, tag["ck"]["u"]));
      if ("m" in tag) {
        const map = keep(id, new Map());
        const flat = await each(tag["m"]);
        for (let index = 0; index < flat.length; index += 2) map.set(flat[index], flat[index + 1]);
        return map;
      }
      if ("se" in tag) {
        const set = keep(id, new Set());
        for (const item of await each(tag["se"])) set.add(item);
        return set;
      }
      if ("a" in tag) {
        const items = tag["a"] as readonly unknown[];
        const array: unknown[] = keep(id, new Array(items.length));
        for (const [index, item] of items.entries()) if (!(typeof item === "object" && item !== null && "ho" in item)) array[index] = await walk(item);
        return array;
      }
      const object: Record<string, unknown> = keep(id, {});
      for (const { k, v } of (tag["o"] ?? []) as readonly { k: string; v: unknown }[]) object[k] = await walk(v);
      return object;
    };
    const each = async (items: readonly unknown[]): Promise<unknown[]> => {
      const decoded: unknown[] = [];
      for (const item of items) decoded.push(await walk(item));
      return decoded;
    };
    return walk(json);
  };
  return { encode, decode, isPlain: (value) => isPlain(value, new Set()) };
}

/** What {@link pageCodec} makes. */
export interface PageCodec {
  /** Tagged JSON; `lose` is told the path of what cannot be carried. */
  readonly encode: (value: unknown, lose: (path: string, reason: string) => void) => Promise<unknown>;
  readonly decode: (json: unknown) => Promise<unknown>;
  /** Whether JSON holds the value as it is. */
  readonly isPlain: (value: unknown) => boolean;
}
