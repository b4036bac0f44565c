import type { ErrorBody } from "./errors.ts";
import type { HostedRunStatus } from "./hosted-run.ts";

/** A recording as whoever has a link to it may see it. */
export interface VisitedRecording {
  readonly runId: string;
  readonly projectId: string;
  readonly project: string;
  readonly workspaceId: string;
  readonly authSessionId: string;
  readonly status: HostedRunStatus;
  readonly error: ErrorBody | null;
  /** When the visit ends at the latest. */
  readonly expiresAt: string;
}

/** Links that let a person without a key make one recording. Only hashes of their secrets are kept. */
export interface HostedRecordings {
  /** @returns the link's secret, which is never shown again. */
  addLink(runId: string, expiresInMs: number): Promise<{ readonly token: string; readonly expiresAt: string }>;
  /**
   * Uses a link up.
   *
   * @returns the secret of the visit it began.
   * @throws LatchkeyError `LINK_EXPIRED`, `LINK_USED`, `RUN_ENDED`.
   */
  useLink(token: string): Promise<{ readonly visit: string; readonly recording: VisitedRecording }>;
  /** The recording of a visit; null: unknown, or over: it outlives the recording by some minutes, so that the person learns what became of it. */
  find(visit: string): Promise<VisitedRecording | null>;
}
