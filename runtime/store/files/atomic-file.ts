import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { LatchkeyError } from "../../model/errors.ts";

/**
 * Replaces a file as a whole, or not at all; readable by its owner alone.
 *
 * @throws LatchkeyError `ENVIRONMENT` when the disk is full or may not be written.
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, text, { mode: 0o600, fsync: true });
  } catch (cause) {
    throw new LatchkeyError("ENVIRONMENT", `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}. What was there before is unchanged.`, { cause, hint: "Free some disk space, or make the folder writable." });
  }
}

/** A file's JSON; null where there is no file. @throws LatchkeyError `STORE_CORRUPT` */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw new LatchkeyError("ENVIRONMENT", `${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`, { cause: thrown });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new LatchkeyError("STORE_CORRUPT", `${file} is not valid JSON; it was left as it is.`, { cause });
  }
}
