import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconClock, IconMessageQuestion, IconPlayerPause, IconPlayerPlay, IconSlash } from "@tabler/icons-react";
import type { ReactElement } from "react";
import classes from "./StatusBadge.module.css";

/** What a status means to a person, whatever thing it is of. */
export type Tone = "good" | "bad" | "active" | "waiting" | "attention" | "neutral";

/** Every status of the API by its own word; told by text, icon and colour. */
const KNOWN: Readonly<Record<string, readonly [tone: Tone, label: string, icon: typeof IconClock]>> = {
  pending: ["waiting", "Pending", IconClock],
  held: ["waiting", "Waits for its turn", IconClock],
  queued: ["waiting", "Queued", IconClock],
  started: ["active", "Running", IconPlayerPlay],
  running: ["active", "Running", IconPlayerPlay],
  "awaiting-input": ["attention", "Asks a question", IconMessageQuestion],
  completed: ["good", "Completed", IconCircleCheck],
  canceled: ["neutral", "Canceled", IconSlash],
  failed: ["bad", "Failed", IconCircleX],
  READY: ["good", "Ready", IconCircleCheck],
  ready: ["good", "Ready", IconCircleCheck],
  EXPIRED: ["bad", "Expired", IconCircleX],
  expired: ["bad", "Expired", IconCircleX],
  PENDING: ["waiting", "Pending", IconClock],
  "needs-attention": ["attention", "Needs attention", IconAlertTriangle],
  ACTIVE: ["good", "Active", IconPlayerPlay],
  PAUSED: ["neutral", "Paused", IconPlayerPause],
  PAUSING: ["neutral", "Pausing", IconPlayerPause],
  RESUMING: ["active", "Resuming", IconPlayerPlay],
  SUCCESS: ["good", "Success", IconCircleCheck],
  COMPLETED: ["attention", "Completed in part", IconAlertTriangle],
  FAILURE: ["bad", "Failure", IconCircleX],
  CANCELED: ["neutral", "Canceled", IconSlash],
  TERMINATED: ["neutral", "Terminated", IconSlash],
  delivered: ["good", "Delivered", IconCircleCheck],
  draining: ["neutral", "Draining", IconPlayerPause],
  lost: ["bad", "Lost", IconCircleX],
  live: ["good", "Live", IconCircleCheck],
  revoked: ["neutral", "Revoked", IconSlash],
};

/** What is shown for a status: the API's word in a person's. */
export function statusLabel(status: string): string {
  return KNOWN[status]?.[1] ?? status;
}

/** A status by text, icon and colour together, so that none of them is needed to read it. */
export function StatusBadge({ status, label }: { readonly status: string; /** Instead of the usual word. */ readonly label?: string }): ReactElement {
  const [tone, usual, Icon] = KNOWN[status] ?? ["neutral", status, IconCircleDashed];
  return (
    <span className={classes["badge"]} data-tone={tone} data-status={status}>
      <Icon size={14} stroke={2} aria-hidden />
      {label ?? usual}
    </span>
  );
}
