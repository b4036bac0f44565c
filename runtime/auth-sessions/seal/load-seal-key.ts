import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";
import { KEY_BYTES } from "./create-sealer.ts";

const OTHERS_MAY_READ = 0o077;

/** Where the key comes from. */
export interface SealKeyOptions {
  /** The key itself (`LATCHKEY_SEAL_KEY`), base64; null: it is in the file. */
  readonly keyText: string | null;
  readonly keyFile: string;
  /** False once there is something that was sealed: a new key could not open it. */
  readonly mayCreate: boolean;
}

/**
 * The master key; made at the first need, readable by its owner alone.
 *
 * @throws LatchkeyError `SEAL_KEY_MISSING`, `SEAL_KEY_INVALID`.
 */
export async function loadSealKey({ keyText, keyFile, mayCreate }: SealKeyOptions): Promise<Buffer> {
  if (keyText !== null) return parseKey(keyText, "LATCHKEY_SEAL_KEY");
  const existing = await readKeyFile(keyFile);
  if (existing !== null) return existing;
  if (!mayCreate) throw new LatchkeyError("SEAL_KEY_MISSING", `There are sealed auth sessions, but their key ${keyFile} is gone.`);
  await createKeyFile(keyFile);
  const created = await readKeyFile(keyFile);
  if (created === null) throw new LatchkeyError("SEAL_KEY_INVALID", `The seal key ${keyFile} disappeared while it was made.`);
  return created;
}

async function readKeyFile(keyFile: string): Promise<Buffer | null> {
  try {
    const { mode } = await stat(keyFile);
    if ((mode & OTHERS_MAY_READ) !== 0) throw new LatchkeyError("SEAL_KEY_INVALID", `Other users of this machine can read the seal key ${keyFile}.`, { hint: `Run: chmod 600 ${keyFile}` });
    return parseKey(await readFile(keyFile, "utf8"), keyFile);
  } catch (thrown) {
    if (thrown instanceof LatchkeyError) throw thrown;
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw new LatchkeyError("SEAL_KEY_INVALID", `The seal key ${keyFile} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`, { cause: thrown });
  }
}

/** Two processes that make it at once end with one key: `link` fails for the second. */
async function createKeyFile(keyFile: string): Promise<void> {
  const temporary = `${keyFile}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await mkdir(dirname(keyFile), { recursive: true, mode: 0o700 });
    await writeFile(temporary, `${randomBytes(KEY_BYTES).toString("base64")}\n`, { mode: 0o600, flag: "wx", flush: true });
    await link(temporary, keyFile);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw new LatchkeyError("SEAL_KEY_INVALID", `The seal key ${keyFile} cannot be made: ${thrown instanceof Error ? thrown.message : String(thrown)}.`, { cause: thrown, hint: "Make the folder writable, or set LATCHKEY_SEAL_KEY or LATCHKEY_SEAL_KEY_FILE." });
  } finally {
    await rm(temporary, { force: true });
  }
}

function parseKey(text: string, source: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== KEY_BYTES) throw new LatchkeyError("SEAL_KEY_INVALID", `${source} is not a seal key: 32 bytes in base64 are expected.`, { hint: "Bring the right key back; a new one is made with: openssl rand -base64 32" });
  return key;
}
