import type { Logger } from "pino";
import type { ArtifactStore } from "../model/artifacts.ts";
import type { DeclaredResource, Manifest } from "../model/deployment.ts";
import type { HostedProject } from "../model/hosted-project.ts";
import type { HostedStore } from "../model/hosted-store.ts";
import type { RunRequest } from "../model/run.ts";
import type { Timing } from "../model/schedule.ts";
import type { Settings } from "../model/settings.ts";
import type { StorageState } from "../model/storage-state.ts";

/** What the server asks of deployments; building and loading them is not its own. */
export interface Deployments {
  /** The live one. @throws LatchkeyError `NO_LIVE_DEPLOYMENT` */
  live(project: HostedProject): Promise<{ readonly id: string; readonly manifest: Manifest; readonly settings: Settings }>;
  /** Checks a request as the runtime itself will. @throws LatchkeyError with the code of what is wrong. */
  admit(project: HostedProject, request: RunRequest): Promise<RunRequest>;
  /** Checks several as one. @throws LatchkeyError naming the one that is wrong, from 0. */
  admitAll(project: HostedProject, requests: readonly RunRequest[], deploymentId?: string): Promise<void>;
  /** Whether no API of the deployment can be run without an auth session. */
  needsAuthSession(project: HostedProject, deploymentId?: string): Promise<boolean>;
  /** Jobs and queues that a deployment declares. @throws LatchkeyError `DEPLOYMENT_NOT_FOUND`, `RESOURCE_INVALID` */
  resources(project: HostedProject, deploymentId: string): Promise<readonly DeclaredResource[]>;
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
  readonly timing: Timing;
  /** Trace context of a request that is being traced; null: none. */
  readonly traceparentOf: (headers: Readonly<Record<string, unknown>>) => string | null;
  /** @throws LatchkeyError `STATE_INVALID` */
  readonly parseStorageState: (value: unknown) => StorageState;
  /** The built files of the dashboard; a folder without them serves none. */
  readonly dashboardDir: string;
  /** Largest upload. */
  readonly maxArchiveBytes: number;
}
