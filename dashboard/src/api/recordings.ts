import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { projectPath, request } from "./request.ts";
import { hasEnded, runPath } from "./runs.ts";
import type { RunStatus } from "./types.ts";

/** By which a person without a key makes a recording, once. */
export interface RecordingLink {
  readonly url: string;
  readonly expiresAt: string;
}

/** What a recording begins with. */
export interface RecordingStart {
  readonly id: string;
  readonly startUrl?: string;
  readonly proxy?: string;
}

/** A recording as the person with the link sees it. */
export interface VisitedRecording {
  readonly authSession: string;
  readonly project: string;
  readonly status: RunStatus;
  readonly error?: { readonly code: string; readonly message: string };
}

const LIVE_MS = 2_000;

/** Address of a run's live view. */
export function livePath(project: string, runId: string): string {
  return `${runPath(project, runId)}/live`;
}

/** Address of the live view for the person with the link. */
export const VISITED_LIVE_PATH = "/recording/live";

/** Begins a recording: a person logs in by hand. */
export function useStartRecording(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (start: RecordingStart) => request<{ readonly operationId: string }>(`${projectPath(project)}/auth-sessions/record`, { method: "POST", body: start, idempotencyKey: crypto.randomUUID() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", project] }),
  });
}

/** Makes a link for a person without a key. */
export function useMakeRecordingLink(project: string, operationId: string) {
  return useMutation({
    mutationFn: (expiresInMs: number) => request<RecordingLink>(`${projectPath(project)}/auth-sessions/record/${encodeURIComponent(operationId)}/link`, { method: "POST", body: { expiresInMs } }),
  });
}

/** Uses a link up; from then on a cookie opens this one recording. */
export function openLink(token: string): Promise<{ readonly authSession: string; readonly project: string; readonly expiresAt: string }> {
  return request("/recording", { method: "POST", body: { token } });
}

/** How the recording of the cookie stands. */
export const visitedRecordingQuery = queryOptions({
  queryKey: ["recording"],
  queryFn: ({ signal }) => request<VisitedRecording>("/recording", { signal }),
  refetchInterval: ({ state }) => (state.data !== undefined && hasEnded(state.data.status) ? false : LIVE_MS),
});
