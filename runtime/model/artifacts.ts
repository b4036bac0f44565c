import type { Readable } from "node:stream";

/** Where large files of runs are kept: a folder, or S3-compatible storage. */
export interface ArtifactStore {
  /** Keeps a copy of the file. @throws LatchkeyError `ENVIRONMENT` */
  put(runId: string, name: string, file: string): Promise<void>;
  /** Null: not there. */
  get(runId: string, name: string): Promise<Readable | null>;
  /** Removes all files of a run. */
  remove(runId: string): Promise<void>;
}
