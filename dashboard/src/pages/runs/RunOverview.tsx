import { Group, List, Stack, Text, Title } from "@mantine/core";
import type { ReactElement } from "react";
import { artifactPath, hasEnded, runPath } from "../../api/runs.ts";
import type { RunDetails, RunEvent } from "../../api/types.ts";
import { LiveView } from "../../live/LiveView.tsx";
import { AppLink } from "../../ui/AppLink.tsx";
import { ArtifactImage } from "../../ui/ArtifactImage.tsx";
import { ErrorFacts } from "../../ui/ErrorBox.tsx";
import { JsonTree } from "../../ui/JsonTree.tsx";
import type { ShownAttempt } from "./attempts.ts";
import { LogView } from "./LogView.tsx";
import classes from "./Run.module.css";
import { Timeline } from "./Timeline.tsx";

/** While a run goes on: what it does now. Afterwards: what came of it, and why. */
export function RunOverview({ project, run, attempts, events }: { readonly project: string; readonly run: RunDetails; readonly attempts: readonly ShownAttempt[]; readonly events: readonly RunEvent[] }): ReactElement {
  const isLive = !hasEnded(run.status);
  return (
    <div className={classes["columns"]}>
      <Failure project={project} run={run} />
      {run.status === "completed" && run.kind === "api" && (
        <section aria-label="Result">
          <Title order={2} mb="xs">
            Result
          </Title>
          <JsonTree value={run.result} label="Result" />
        </section>
      )}
      {(run.status === "started" || run.status === "awaiting-input") && <LiveView path={`${runPath(project, run.runId)}/live`} />}
      <section aria-label="Timeline">
        <Title order={2} mb="xs">
          Timeline
        </Title>
        <div className={`lk-card ${classes["section"] ?? ""}`}>{attempts.length === 0 ? <Waiting run={run} /> : <Timeline attempts={attempts} />}</div>
      </section>
      {isLive && attempts.length > 0 && (
        <section aria-label="Log">
          <Title order={2} mb="xs">
            Log
          </Title>
          <LogView events={events} isLive runId={run.runId} />
        </section>
      )}
      <Extended project={project} run={run} />
      <Losses run={run} />
    </div>
  );
}

function Waiting({ run }: { readonly run: RunDetails }): ReactElement {
  return (
    <Text size="sm" c="dimmed">
      {hasEnded(run.status) ? "It ended before an attempt began." : run.held ? "It waits for its turn in its job run or queue." : "It waits for a free slot. When it waits long, look at Workers."}
    </Text>
  );
}

function Failure({ project, run }: { readonly project: string; readonly run: RunDetails }): ReactElement | null {
  const { error, attempts, runId } = run;
  if (error === undefined) return null;
  const last = attempts.at(-1);
  const code = typeof error.details?.["code"] === "string" ? error.details["code"] : (error.code ?? "");
  const hint = typeof error.details?.["hint"] === "string" ? error.details["hint"] : "";
  const { failure } = last ?? {};
  return (
    <ErrorFacts isCalm={run.status === "canceled"} title={run.status === "canceled" ? "The run was canceled" : "The run failed"} message={error.message} code={code} hint={hint} {...(typeof error.details?.["where"] === "string" && { where: error.details["where"] })}>
      {run.status === "failed" && (
        <Stack gap="xs" mt="xs">
          {failure !== undefined && (
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              The page was <strong>{failure.title === "" ? "without a title" : failure.title}</strong> at <span className="lk-mono">{failure.url}</span>
            </Text>
          )}
          {typeof failure?.screenshot === "string" && (
            <div className={classes["failure"]}>
              <ArtifactImage path={artifactPath(project, runId, failure.screenshot)} alt={`The page when it failed: ${failure.title}`} />
            </div>
          )}
          {last?.trace !== undefined && (
            <Group>
              <AppLink to="/projects/$project/runs/$runId" params={{ project, runId }} search={{ tab: "trace" }} size="sm">
                Open the trace
              </AppLink>
            </Group>
          )}
        </Stack>
      )}
    </ErrorFacts>
  );
}

function Extended({ project, run: { extendedPayloads = [] } }: { readonly project: string; readonly run: RunDetails }): ReactElement | null {
  if (extendedPayloads.length === 0) return null;
  return (
    <section aria-label="Added payloads">
      <Title order={2} mb="xs">
        Added payloads
      </Title>
      <List size="sm">
        {extendedPayloads.map(({ api, runId }, index) => (
          <List.Item key={index}>
            {runId === undefined ? (
              <span>{api}: became no run</span>
            ) : (
              <AppLink to="/projects/$project/runs/$runId" params={{ project, runId }} search={{}}>
                {api}
              </AppLink>
            )}
          </List.Item>
        ))}
      </List>
    </section>
  );
}

function Losses({ run: { losses } }: { readonly run: RunDetails }): ReactElement | null {
  if (losses.length === 0) return null;
  return (
    <section aria-label="What of the login could not be carried">
      <Title order={2} mb="xs">
        What of the login could not be carried
      </Title>
      <JsonTree value={losses} label="Losses" openDepth={1} />
    </section>
  );
}
