import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";

/**
 * Replaces a file as a whole, or not at all; readable by its owner alone. Our own few lines, since write-file-atomic
 * takes a short write on a full disk for a whole one, and so replaces a good file by half a file.
 *
 * @throws LatchkeyError `ENVIRONMENT` when the disk is full or may not be written.
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeWhole(temporary, text);
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new LatchkeyError("ENVIRONMENT", `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}. What was there before is unchanged.`, { cause, hint: "Free some disk space, or make the folder writable." });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  await using handle = await open(file, "wx", 0o600);
  await handle.writeFile(text);
  await handle.sync();
  const { size } = await handle.stat();
  if (size !== Buffer.byteLength(text)) throw new Error("the disk is full");
}

/** Makes the new name last through a power cut. */
async function syncFolder(dir: string): Promise<void> {
  await using handle = await open(dir, "r");
  await handle.sync();
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
