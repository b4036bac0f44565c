import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
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
 * The master keys, the newest first; the first one is made at the first need, readable by its owner alone.
 *
 * @throws LatchkeyError `SEAL_KEY_MISSING`, `SEAL_KEY_INVALID`.
 */
export async function loadSealKeys({ keyText, keyFile, mayCreate }: SealKeyOptions): Promise<readonly Buffer[]> {
  if (keyText !== null) return parseKeys(keyText, "LATCHKEY_SEAL_KEY");
  const existing = await readKeyFile(keyFile);
  if (existing !== null) return existing;
  if (!mayCreate) throw new LatchkeyError("SEAL_KEY_MISSING", `There are sealed auth sessions, but their key ${keyFile} is gone.`);
  await createKeyFile(keyFile);
  const created = await readKeyFile(keyFile);
  if (created === null) throw new LatchkeyError("SEAL_KEY_INVALID", `The seal key ${keyFile} disappeared while it was made.`);
  return created;
}

async function readKeyFile(keyFile: string): Promise<readonly Buffer[] | null> {
  try {
    const { mode } = await stat(keyFile);
    if ((mode & OTHERS_MAY_READ) !== 0) throw new LatchkeyError("SEAL_KEY_INVALID", `Other users of this machine can read the seal key ${keyFile}.`, { hint: `Run: chmod 600 ${keyFile}` });
    return parseKeys(await readFile(keyFile, "utf8"), keyFile);
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

/**
 * Puts a new key before the others of the file, whole or not at all: what is sealed from now on is sealed with it.
 *
 * @throws LatchkeyError `SEAL_KEY_MISSING`, `SEAL_KEY_INVALID`.
 */
export async function addSealKey(keyFile: string): Promise<readonly Buffer[]> {
  const known = await loadSealKeys({ keyText: null, keyFile, mayCreate: false });
  const keys = [randomBytes(KEY_BYTES), ...known];
  await replaceKeyFile(keyFile, keys);
  return keys;
}

/** Leaves only the newest key in the file: what was sealed with another one can then no longer be opened. */
export async function dropOldSealKeys(keyFile: string): Promise<void> {
  const known = await loadSealKeys({ keyText: null, keyFile, mayCreate: false });
  await replaceKeyFile(keyFile, known.slice(0, 1));
}

async function replaceKeyFile(keyFile: string, keys: readonly Buffer[]): Promise<void> {
  const temporary = `${keyFile}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(temporary, keys.map((key) => `${key.toString("base64")}\n`).join(""), { mode: 0o600, flag: "wx", flush: true });
    await rename(temporary, keyFile);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** One key a line, or separated by commas. */
function parseKeys(text: string, source: string): readonly Buffer[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  return (words.length === 0 ? [""] : words).map((word) => parseKey(word, source));
}

/** The keys of a file that is known to be there, for a sealer that met a box of a newer key. Empty: they cannot be read now. */
export function reloadSealKeys(keyFile: string): readonly Buffer[] {
  try {
    return parseKeys(readFileSync(keyFile, "utf8"), keyFile);
  } catch {
    return [];
  }
}

function parseKey(text: string, source: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== KEY_BYTES) throw new LatchkeyError("SEAL_KEY_INVALID", `${source} is not a seal key: 32 bytes in base64 are expected.`, { hint: "Bring the right key back; a new one is made with: openssl rand -base64 32" });
  return key;
}
