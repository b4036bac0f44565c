import { useEffect, useRef, useState } from "react";
import { runPath } from "./runs.ts";
import type { RunEvent } from "./types.ts";

/** `open`: more may come. `ended`: the stream told its end. `waiting`: it tries again by itself. */
export type StreamState = "connecting" | "open" | "waiting" | "ended";

const NAMES = ["run-started", "attempt-started", "phase-started", "phase-ended", "log", "prompt", "prompt-answered", "attempt-ended", "run-ended"] as const satisfies readonly RunEvent["type"][];
/** Many lines at once are one picture on the screen. */
const FLUSH_MS = 50;

/** The events of a run as they happen, from its beginning. The browser resumes a broken stream by itself. */
export function useRunEvents(project: string, runId: string): { readonly events: readonly RunEvent[]; readonly state: StreamState } {
  const [events, setEvents] = useState<readonly RunEvent[]>([]);
  const [state, setState] = useState<StreamState>("connecting");
  const waiting = useRef<RunEvent[]>([]);

  useEffect(() => {
    setEvents([]);
    setState("connecting");
    waiting.current = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    const source = new EventSource(`${runPath(project, runId)}/events`);
    const flush = (): void => {
      timer = null;
      const batch = waiting.current;
      waiting.current = [];
      if (batch.length > 0) setEvents((before) => [...before, ...batch]);
    };
    const take = (message: MessageEvent<string>): void => {
      waiting.current.push(JSON.parse(message.data) as RunEvent);
      timer ??= setTimeout(flush, FLUSH_MS);
    };
    for (const name of NAMES) source.addEventListener(name, take);
    source.addEventListener("open", () => setState("open"));
    source.addEventListener("error", () => setState((before) => (before === "ended" ? before : "waiting")));
    source.addEventListener("end", () => {
      source.close();
      flush();
      setState("ended");
    });
    return () => {
      source.close();
      if (timer !== null) clearTimeout(timer);
    };
  }, [project, runId]);

  return { events, state };
}
