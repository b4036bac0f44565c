import type { ReactElement, ReactNode } from "react";
import type { RunDetails } from "../../api/types.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { RelativeTime } from "../../ui/Time.tsx";
import classes from "./Run.module.css";
import { RunDuration } from "./RunTable.tsx";

/** What a run is, in one line of facts that leads to everything it belongs to. */
export function RunFacts({ project, run }: { readonly project: string; readonly run: RunDetails }): ReactElement {
  const { runId, createdAt, notBefore, origin, attempt, maximumAttempts, authSessionId, authSession, jobId, jobRunId, queueId, retryOf, startedAt } = run;
  return (
    <dl className={`lk-card ${classes["facts"] ?? ""}`} aria-label="Facts of the run">
      <Fact name="Id">
        <span className="lk-mono">…{runId.slice(-12)}</span> <CopyButton value={runId} label="Copy the run's id" />
      </Fact>
      <Fact name="Asked">
        <RelativeTime at={createdAt} /> by {origin}
      </Fact>
      <Fact name="Took">
        <RunDuration run={run} />
      </Fact>
      <Fact name="Attempt">
        {attempt === 0 ? "none yet" : attempt} of at most {maximumAttempts}
      </Fact>
      {notBefore !== undefined && startedAt === undefined && (
        <Fact name="Not before">
          <RelativeTime at={notBefore} />
        </Fact>
      )}
      {authSessionId !== undefined && (
        <Fact name="Auth session">
          <AppLink to="/projects/$project/auth-sessions/$authSessionId" params={{ project, authSessionId }}>
            {authSessionId}
          </AppLink>
          {authSession?.recreated === true && " (logged in again)"}
        </Fact>
      )}
      {jobId !== undefined && (
        <Fact name="Job">
          {jobRunId === undefined ? (
            <AppLink to="/projects/$project/jobs/$jobId" params={{ project, jobId }}>
              {jobId}
            </AppLink>
          ) : (
            <AppLink to="/projects/$project/jobs/$jobId/runs/$jobRunId" params={{ project, jobId, jobRunId }}>
              {jobId}
            </AppLink>
          )}
        </Fact>
      )}
      {queueId !== undefined && (
        <Fact name="Queue">
          <AppLink to="/projects/$project/queues/$queueId" params={{ project, queueId }}>
            {queueId}
          </AppLink>
        </Fact>
      )}
      {retryOf !== undefined && (
        <Fact name="Retry of">
          <AppLink to="/projects/$project/runs/$runId" params={{ project, runId: retryOf }} search={{}} ff="monospace" fz="xs">
            …{retryOf.slice(-8)}
          </AppLink>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
