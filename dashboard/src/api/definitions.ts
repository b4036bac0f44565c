import { queryOptions } from "@tanstack/react-query";
import { projectPath, request } from "./request.ts";

/** A duration as the API takes it: milliseconds, or text such as `1h`. */
export type DurationText = number | string;

/** How often something is tried. */
export interface Retry {
  readonly maximumAttempts?: number;
}

/** The login that runs of a job or a queue use. */
export interface SessionChoice {
  readonly id: string;
  readonly checkAttempts?: number;
  readonly createAttempts?: number;
  readonly autoRecreate?: boolean;
}

/** Where results are sent. What is secret comes masked, and stays as it was when it is written back. */
export interface Sink {
  readonly type: "webhook" | "s3";
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bucket?: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly prefix?: string;
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
  readonly format?: "json" | "jsonl";
  readonly skipOnFail?: boolean;
  readonly apisToSend?: readonly string[];
}

/** Why a job, a job run or a queue stands still. */
export interface StandstillReason {
  readonly type: string;
  readonly message: string;
  readonly timestamp?: string;
}

/** Whether something was made by hand, or is declared in the project's files. */
export type Origin = "api" | "deployment";

/** Which file of the live deployment declares a job or a queue; only keys that may deploy are told. */
export function declaredFilesQuery(project: string, deploymentId: string) {
  return queryOptions({
    queryKey: ["project", project, "declared-files", deploymentId],
    queryFn: ({ signal }) => request<{ readonly changes: readonly { readonly kind: "job" | "queue"; readonly id: string; readonly file: string | null }[] }>(`${projectPath(project)}/deployments/${deploymentId}/plan`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
