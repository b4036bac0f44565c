import type { CdpSession } from "../model/browser.ts";

/** Receives the events of one session. */
export type CdpSink = (method: string, params: unknown) => void;

/** A session on `send`, whose events arrive in `sinks`. */
export function openCdpSession(id: string, send: (method: string, params: object, sessionId: string) => Promise<unknown>, sinks: Map<string, CdpSink>): CdpSession {
  const listeners = new Map<string, Set<(params: never) => void>>();
  const children = new Map<string, CdpSession>();
  sinks.set(id, (method, params) => {
    for (const listener of listeners.get(method) ?? []) listener(params as never);
  });
  return {
    id,
    // The protocol's types are Chrome's own description of what it answers.
    send: ((method: string, params: object = {}) => send(method, params, id)) as CdpSession["send"],
    on(event, listener) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener));
      return () => void known.delete(listener);
    },
    child(sessionId) {
      const child = children.get(sessionId) ?? openCdpSession(sessionId, send, sinks);
      children.set(sessionId, child);
      return child;
    },
  };
}
