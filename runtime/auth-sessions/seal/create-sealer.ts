import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { LatchkeyError } from "../../model/errors.ts";
import type { Sealer } from "../../model/seal.ts";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ZSTD_LEVEL = 3;

/** Length of a key. */
export const KEY_BYTES = 32;

/** Seals with AES-256-GCM: each record has a key of its own, which the master key wraps, so that keys can be changed without touching data. */
export function createSealer(masterKey: Buffer): Sealer {
  const keyId = createHash("sha256").update("latchkey-seal-key-id").update(masterKey).digest("hex").slice(0, 16);
  return {
    keyId,
    seal(text, context) {
      const recordKey = randomBytes(KEY_BYTES);
      const compressed = zstdCompressSync(Buffer.from(text, "utf8"), { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
      return { format: 1, keyId, wrappedKey: encrypt(masterKey, recordKey, `key ${context}`), data: encrypt(recordKey, compressed, `data ${context}`) };
    },
    open(box, context) {
      if (box.keyId !== keyId) throw mismatch(`It was sealed with the key ${box.keyId}; the key at hand is ${keyId}.`);
      try {
        const recordKey = decrypt(masterKey, box.wrappedKey, `key ${context}`);
        return zstdDecompressSync(decrypt(recordKey, box.data, `data ${context}`)).toString("utf8");
      } catch (cause) {
        throw mismatch("It was changed after it was sealed.", cause);
      }
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
  return new LatchkeyError("SEAL_KEY_MISMATCH", `The auth session cannot be opened. ${why}`, { cause });
}
