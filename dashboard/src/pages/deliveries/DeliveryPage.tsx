import { Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { deliveryQuery } from "../../api/deliveries.ts";
import { useMay } from "../../api/session.ts";
import { AppLink } from "../../ui/AppLink.tsx";
import { ErrorBox, ErrorFacts } from "../../ui/ErrorBox.tsx";
import { JsonTree } from "../../ui/JsonTree.tsx";
import { PageLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { RelativeTime } from "../../ui/Time.tsx";
import { Fact, Facts } from "../jobs/JobDefinitionView.tsx";
import { DeliveryBadge, ReplayButton } from "./DeliveryActions.tsx";

/** One delivery: where it goes, what became of its tries, what is sent. */
export function DeliveryPage(): ReactElement {
  const { project, deliveryId } = useParams({ from: "/inside/projects/$project/deliveries/$deliveryId" });
  const { data: delivery, error, refetch } = useQuery(deliveryQuery(project, deliveryId));
  const mayReplay = useMay("manage");
  const [problem, setProblem] = useState<unknown>(null);
  if (delivery === undefined) return error === null ? <PageLoading /> : <ErrorBox error={error} onRetry={() => void refetch()} />;
  const { id, status, target, kind, attempts, lastError, runId, createdAt, lastAttemptAt, deliveredAt, givesUpAt, failedAt, body } = delivery;
  return (
    <>
      <PageTitle
        title={`Delivery …${id.slice(-8)}`}
        badge={<DeliveryBadge status={status} />}
        description={
          <AppLink to="/projects/$project/deliveries" params={{ project }} search={{}} underline="always">
            Deliveries
          </AppLink>
        }
        actions={mayReplay && <ReplayButton project={project} delivery={delivery} onError={setProblem} />}
      />
      <Stack gap="lg">
        {problem !== null && <ErrorBox error={problem} />}
        {lastError !== undefined && status !== "delivered" && <ErrorFacts title={status === "failed" ? "It was given up" : "The last try failed"} message={lastError} hint={status === "failed" ? "Mend what receives it, then replay the delivery." : "It is tried again by itself."} code="SINK_FAILED" />}
        <Facts>
          <Fact title="Goes to">{target}</Fact>
          <Fact title="Kind">{kind}</Fact>
          <Fact title="Attempts">{attempts}</Fact>
          <Fact title="Last attempt">
            <RelativeTime at={lastAttemptAt} />
          </Fact>
          <Fact title="Made">
            <RelativeTime at={createdAt} />
          </Fact>
          <Fact title={deliveredAt !== undefined ? "Delivered" : failedAt !== undefined ? "Given up" : "Tried again until"}>
            <RelativeTime at={deliveredAt ?? failedAt ?? givesUpAt} />
          </Fact>
          <Fact title="Run">
            {runId === undefined ? (
              "–"
            ) : (
              <AppLink to="/projects/$project/runs/$runId" params={{ project, runId }} search={{}}>
                …{runId.slice(-8)}
              </AppLink>
            )}
          </Fact>
          <Fact title="Id of the delivery (webhook-id)">
            <span className="lk-mono">{id}</span>
          </Fact>
        </Facts>
        {body !== undefined && (
          <section aria-label="Body">
            <Title order={2} mb="xs">
              Body
            </Title>
            <div className="lk-card" style={{ padding: "var(--mantine-spacing-md)" }}>
              <JsonTree value={body} label="Body" openDepth={3} />
            </div>
          </section>
        )}
      </Stack>
    </>
  );
}
