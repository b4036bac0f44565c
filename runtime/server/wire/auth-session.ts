import type { AuthSessionSummary, AuthSessionType } from "../../model/auth-session.ts";

const TYPES: Record<AuthSessionType, "CREDENTIALS" | "RECORDER"> = { credentials: "CREDENTIALS", recorded: "RECORDER", imported: "RECORDER" };

/** WIRE-API 4.4 AuthSession; `needs-attention` is EXPIRED there, and itself in `details`. */
export function toWireAuthSession(summary: AuthSessionSummary): object {
  const { id, type, status, ...rest } = summary;
  return { id, type: TYPES[type], status: status === "ready" ? "READY" : "EXPIRED", details: { ...rest, id, type, status } };
}

/** One that is being created for the first time. */
export function toPendingAuthSession(id: string): object {
  return { id, type: "CREDENTIALS", status: "PENDING" };
}
