import { createReadStream } from "node:fs";
import { copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import type { ArtifactStore } from "../../model/artifacts.ts";
import { LatchkeyError } from "../../model/errors.ts";

/** Files of runs in a folder. Workers on several machines need one that they share, or S3. */
export function createFolderArtifacts(dir: string): ArtifactStore {
  const pathOf = (runId: string, name: string): string => {
    const path = normalize(join(dir, runId, name));
    if (!path.startsWith(join(dir, runId, "/"))) throw new LatchkeyError("ARTIFACT_NOT_FOUND", "The run has no file of that name.");
    return path;
  };
  return {
    async put(runId, name, file) {
      const place = pathOf(runId, name);
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      try {
        await copyFile(file, `${place}.tmp`);
        await rename(`${place}.tmp`, place);
      } catch (cause) {
        await rm(`${place}.tmp`, { force: true });
        throw new LatchkeyError("ENVIRONMENT", `${place} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
      }
    },
    async get(runId, name) {
      const place = pathOf(runId, name);
      const found = await stat(place).catch(() => null);
      return found?.isFile() === true ? createReadStream(place) : null;
    },
    async remove(runId) {
      await rm(join(dir, runId), { recursive: true, force: true });
    },
  };
}
