import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useReplayDelivery, type DeliveryFacts } from "../../api/deliveries.ts";
import { StatusBadge } from "../../ui/StatusBadge.tsx";

/** Where a delivery stands: one that failed once is being tried again; one that is called failed was given up. */
export function DeliveryBadge({ status }: { readonly status: DeliveryFacts["status"] }): ReactElement {
  if (status === "pending") return <StatusBadge status="pending" label="Being tried" />;
  return status === "failed" ? <StatusBadge status="failed" label="Given up" /> : <StatusBadge status="delivered" />;
}

/** Sends a delivery again. Nothing while it is still being tried. */
export function ReplayButton({ project, delivery: { id, status }, isSmall = false, onError }: { readonly project: string; readonly delivery: DeliveryFacts; readonly isSmall?: boolean; readonly onError: (error: unknown) => void }): ReactElement | null {
  const replay = useReplayDelivery(project);
  if (status === "pending") return null;
  return (
    <Button size={isSmall ? "compact-sm" : "sm"} variant={status === "failed" ? "light" : "default"} aria-label={`Replay ${id.slice(-8)}`} title="Sends it again under the same id, so that receivers tell repeats apart." leftSection={<IconRefresh size={14} aria-hidden />} loading={replay.isPending} onClick={() => replay.mutate(id, { onError })}>
      Replay
    </Button>
  );
}
