/** A command as a client sends it. */
export interface CdpCommand {
  readonly id: number;
  readonly method: string;
  readonly params?: unknown;
  readonly sessionId?: string;
}

/** Reads what a client sent; null where it is no command. */
export function parseCommand(text: string): CdpCommand | null {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== "object" || message === null || !("id" in message) || !("method" in message)) return null;
    if (typeof message.id !== "number" || typeof message.method !== "string") return null;
    if ("sessionId" in message && typeof message.sessionId !== "string") return null;
    return message as CdpCommand;
  } catch {
    return null;
  }
}

/** A message without the session it came in, which its receiver does not know of. Chrome writes the session last. */
export function withoutSession(message: string, sessionId: string): string {
  const tail = `,"sessionId":"${sessionId}"}`;
  return message.endsWith(tail) ? `${message.slice(0, -tail.length)}}` : message;
}
