import type { HostedStore } from "../model/hosted-store.ts";
import { OUTCOME_STATUS_CODES } from "../model/sink-body.ts";
import { toRunResult } from "./wire/run-result.ts";

const PAGE = 200;

/** The ended runs of a job run as JSON, a line each, as they are known now. */
export async function* resultLines(store: HostedStore, jobRunId: string): AsyncGenerator<string> {
  for (let after: string | null = null; ; ) {
    const page = await store.jobs.results(jobRunId, after, PAGE);
    for (const run of page) {
      const { runId: _runId, ...result } = toRunResult(run) as { readonly runId: string };
      yield `${JSON.stringify({
        apiInfo: { name: run.api, runId: run.runId, parameters: run.parameters, result: { ...result, statusCode: OUTCOME_STATUS_CODES[run.status as keyof typeof OUTCOME_STATUS_CODES] } },
        workspaceId: run.workspaceId,
        project: { id: run.projectId },
        ...(run.authSessionId !== null && { authSession: { id: run.authSessionId } }),
        projectJob: { id: run.jobId },
        projectJobRun: { id: run.jobRunId },
        attempts: run.attempt,
        started_at: run.startedAt,
        ended_at: run.endedAt,
      })}\n`;
    }
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    after = last.runId;
  }
}
