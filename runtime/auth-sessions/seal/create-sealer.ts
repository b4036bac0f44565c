import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { LatchkeyError } from "../../model/errors.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ZSTD_LEVEL = 3;

/** Length of a key. */
export const KEY_BYTES = 32;

/** A master key's name in the boxes it wrapped. */
export function keyIdOf(masterKey: Buffer): string {
  return createHash("sha256").update("latchkey-seal-key-id").update(masterKey).digest("hex").slice(0, 16);
}

/**
 * Seals with AES-256-GCM: each record has a key of its own, which the master key wraps, so that keys can be changed without touching data.
 *
 * @param masterKeys the newest first; the others only open what was sealed with them.
 * @param reload asked for the keys again when a box names an unknown one: they may have been changed meanwhile.
 */
export function createSealer(masterKeys: readonly Buffer[], reload: () => readonly Buffer[] = () => []): Sealer {
  let keys = new Map(masterKeys.map((key) => [keyIdOf(key), key]));
  const newest = (): readonly [string, Buffer] => {
    const [first] = keys;
    if (first === undefined) throw new LatchkeyError("SEAL_KEY_MISSING", "There is no seal key.");
    return first;
  };
  const keyOf = ({ keyId }: SealedBox): Buffer => {
    const known = keys.get(keyId);
    if (known !== undefined) return known;
    const again = reload();
    if (again.length > 0) keys = new Map(again.map((key) => [keyIdOf(key), key]));
    const found = keys.get(keyId);
    if (found === undefined) throw mismatch(`It was sealed with the key ${keyId}; the key at hand is ${newest()[0]}.`);
    return found;
  };
  const unwrap = (box: SealedBox, context: string): Buffer => {
    const masterKey = keyOf(box);
    try {
      return decrypt(masterKey, box.wrappedKey, `key ${context}`);
    } catch (cause) {
      throw mismatch("It was changed after it was sealed.", cause);
    }
  };
  return {
    get keyId() {
      return newest()[0];
    },
    seal(text, context) {
      const [keyId, masterKey] = newest();
      const recordKey = randomBytes(KEY_BYTES);
      const compressed = zstdCompressSync(Buffer.from(text, "utf8"), { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
      return { format: 1, keyId, wrappedKey: encrypt(masterKey, recordKey, `key ${context}`), data: encrypt(recordKey, compressed, `data ${context}`) };
    },
    open(box, context) {
      const recordKey = unwrap(box, context);
      try {
        return zstdDecompressSync(decrypt(recordKey, box.data, `data ${context}`)).toString("utf8");
      } catch (cause) {
        throw mismatch("It was changed after it was sealed.", cause);
      }
    },
    fingerprint: (text) => createHmac("sha256", newest()[1]).update(`fingerprint ${text}`).digest("base64url"),
    rewrap(box, context) {
      const recordKey = unwrap(box, context);
      const [keyId, masterKey] = newest();
      return { ...box, keyId, wrappedKey: encrypt(masterKey, recordKey, `key ${context}`) };
    },
  };
}

function encrypt(key: Buffer, data: Buffer, context: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context));
  const encrypted = Buffer.concat([cipher.update(data), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString("base64");
}

function decrypt(key: Buffer, text: string, context: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

function mismatch(why: string, cause?: unknown): LatchkeyError {
  return new LatchkeyError("SEAL_KEY_MISMATCH", `What is sealed cannot be opened. ${why}`, { cause });
}
