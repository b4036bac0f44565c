import type { Logger } from "pino";
import type { ArtifactStore } from "../model/artifacts.ts";
import type { Manifest } from "../model/deployment.ts";
import type { HostedProject, HostedStore } from "../model/hosted-store.ts";
import type { RunRequest } from "../model/run.ts";
import type { Settings } from "../model/settings.ts";
import type { StorageState } from "../model/storage-state.ts";

/** What the server asks of deployments; building and loading them is not its own. */
export interface Deployments {
  /** The live one. @throws LatchkeyError `NO_LIVE_DEPLOYMENT` */
  live(project: HostedProject): Promise<{ readonly id: string; readonly manifest: Manifest; readonly settings: Settings }>;
  /** Checks a request as the runtime itself will. @throws LatchkeyError with the code of what is wrong. */
  admit(project: HostedProject, request: RunRequest): Promise<RunRequest>;
  /** Verifies, loads and keeps an upload. @throws LatchkeyError `DEPLOYMENT_INVALID` */
  accept(project: HostedProject, manifest: unknown, archive: Buffer, createdBy: string): Promise<{ readonly id: string; readonly isNew: boolean; readonly manifest: Manifest }>;
}

/** What the server is put together from. */
export interface ServerParts {
  readonly store: HostedStore;
  readonly artifacts: ArtifactStore;
  readonly deployments: Deployments;
  readonly log: Logger;
  readonly version: string;
  /** Trace context of a request that is being traced; null: none. */
  readonly traceparentOf: (headers: Readonly<Record<string, unknown>>) => string | null;
  /** @throws LatchkeyError `STATE_INVALID` */
  readonly parseStorageState: (value: unknown) => StorageState;
  /** Largest upload. */
  readonly maxArchiveBytes: number;
}
