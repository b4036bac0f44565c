import type { CdpSession } from "../model/browser.ts";

/** Receives the events of one session. */
export type CdpSink = (method: string, params: unknown) => void;

/** A session on `send`, whose events arrive in `sinks`. */
export function openCdpSession(id: string, send: (method: string, params: object, sessionId: string) => Promise<unknown>, sinks: Map<string, CdpSink>): CdpSession {
  const listeners = new Map<string, ((params: never) => void)[]>();
  sinks.set(id, (method, params) => {
    for (const listener of listeners.get(method) ?? []) listener(params as never);
  });
  return {
    id,
    // The protocol's types are Chrome's own description of what it answers.
    send: ((method: string, params: object = {}) => send(method, params, id)) as CdpSession["send"],
    on: (event, listener) => void listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    child: (sessionId) => openCdpSession(sessionId, send, sinks),
  };
}
