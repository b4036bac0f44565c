import { createWriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { attemptScope } from "../attempt-scope.ts";

/** A file that was saved with the run. */
export interface SavedFile {
  /** Its path below the run's `files/` folder. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Saves data with the run: it is listed in the outcome and kept as long as the run is.
 *
 * @param name - a relative path, such as `invoices/2026-01.pdf`.
 * @throws TypeError when the name leads out of the run's folder.
 */
export async function saveFile(name: string, data: string | Uint8Array | Readable | ReadableStream<Uint8Array>): Promise<SavedFile> {
  const scope = attemptScope("saveFile");
  const relative = normalize(name);
  if (name === "" || isAbsolute(relative) || relative === ".." || relative.startsWith(`..${sep}`)) throw new TypeError(`saveFile: "${name}" is not a path below the run's folder.`);
  const path = join(scope.filesDir, relative);
  await mkdir(dirname(path), { recursive: true });
  await pipeline(typeof data === "string" || data instanceof Uint8Array ? Readable.from([data]) : data, createWriteStream(path));
  scope.send({ type: "file", name: relative });
  return { name: relative, path, sizeBytes: (await stat(path)).size };
}
