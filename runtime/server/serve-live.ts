import { randomUUID } from "node:crypto";
import type { WebSocket } from "@fastify/websocket";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import { hasEnded } from "../model/hosted-run.ts";
import type { HostedStore } from "../model/hosted-store.ts";
import type { LivePage, LiveSeen } from "../model/live.ts";
import { findRun } from "./ended.ts";
import { createInputSender } from "./input-sender.ts";
import { parseLiveMessage, type LiveMessage } from "./live-message.ts";

/** A viewer that was not heard of for three times as long is gone. */
const WATCH_MS = 2_000;
/** Frames under way: with one, a viewer far away would get few a second; with more, it would see old ones. */
const MAX_UNACKED = 2;
/** Messages a second, which a hand and a mouse do not reach. */
const MESSAGES_A_SECOND = 300;
const GOING_AWAY = 1_001;
const DONE = 1_000;
const TROUBLED = 1_011;
const NO_PAGE: LivePage = { url: "", title: "", width: 0, height: 0 };

/** Whose run is shown. */
export interface Watched {
  readonly projectId: string;
  readonly runId: string;
  /** Whether the viewer may act in it. */
  readonly isInteractive: boolean;
  /** Asked again and again; false ends the view. */
  readonly mayWatch: () => Promise<boolean>;
}

/** Shows a run to one viewer until it ends or the viewer leaves. Never throws. */
export async function serveLive(store: HostedStore, socket: WebSocket, { projectId, runId, isInteractive, mayWatch }: Watched): Promise<void> {
  const viewerId = randomUUID();
  const gone = new AbortController();
  socket.once("close", () => gone.abort());
  const tell = (message: object): void => socket.send(JSON.stringify(message));
  const problem = (thrown: unknown): void => {
    const error = toLatchkeyError(thrown);
    tell({ type: "problem", code: error.code, message: error.code === "INTERNAL" ? "Something went wrong on the server." : error.message });
  };

  let seen: LiveSeen = { page: 0, frame: 0 };
  let page = NO_PAGE;
  let unacked = 0;
  let told = "";
  const tellState = (state: "waiting" | "live" | "ended"): void => {
    const message = { type: "state", state, interactive: isInteractive, ...page };
    if (JSON.stringify(message) === told) return;
    told = JSON.stringify(message);
    tell(message);
  };
  let selection = "";
  using watch = store.signals.watch((signal) => (signal.kind === "frame" || signal.kind === "ended") && signal.runId === runId);
  const off = store.signals.on((signal) => {
    if (signal?.kind !== "selection" || signal.viewerId !== viewerId) return;
    try {
      selection += store.live.openSelection(signal);
      if (!signal.isLast) return;
      tell({ type: "clipboard", text: selection });
      selection = "";
    } catch (thrown) {
      problem(thrown);
    }
  });

  const sender = createInputSender((inputs) => store.live.sendInputs(runId, viewerId, inputs), problem);
  const take = async (message: LiveMessage): Promise<void> => {
    if (message.type === "ack") {
      unacked = Math.max(0, unacked - 1);
      watch.wake();
    } else if (!isInteractive) throw new LatchkeyError("NOT_INTERACTIVE", "The run can be watched, but nobody can act in it.");
    else if (message.type === "cancel") await store.runs.cancel(projectId, runId);
    else if (!sender.add(message)) throw new LatchkeyError("TOO_MANY_REQUESTS", "The browser cannot follow; some input was left out.");
  };
  const limit = createLimit();
  socket.on("message", (data, isBinary) => {
    const isTooMuch = limit();
    if (isTooMuch === "told") return;
    const taken = isTooMuch === "now" ? Promise.reject(new LatchkeyError("TOO_MANY_REQUESTS", "Too many messages; some were left out.")) : isBinary ? Promise.reject(new LatchkeyError("REQUEST_INVALID", "Messages are text.")) : (async () => take(parseLiveMessage(textOf(data))))();
    taken.catch(problem);
  });

  const renewing = setInterval(() => void renew().catch(() => undefined), WATCH_MS);
  const renew = async (): Promise<void> => {
    if (!(await mayWatch())) socket.close(GOING_AWAY);
    else if (!gone.signal.aborted) await store.live.watch(runId, viewerId);
  };
  try {
    tellState("waiting");
    await renew();
    while (!gone.signal.aborted) {
      const { status } = await findRun(store, projectId, runId);
      if (hasEnded(status)) {
        tellState("ended");
        socket.close(DONE);
        return;
      }
      await showNews();
    }
  } catch (thrown) {
    problem(thrown);
    socket.close(TROUBLED);
  } finally {
    clearInterval(renewing);
    off();
    await store.live.unwatch(runId, viewerId).catch(() => undefined);
  }

  /** Sends what is new until the run may have ended, or for as long as a missed signal may go unnoticed. */
  async function showNews(): Promise<void> {
    using ended = store.signals.watch((signal) => signal.kind === "ended" && signal.runId === runId);
    let isOver = false;
    void ended.next({ timeoutMs: WATCH_MS, signal: gone.signal }).then(() => {
      isOver = true;
      watch.wake();
    });
    while (!isOver) {
      if (unacked < MAX_UNACKED) {
        const news = await store.live.look(runId, seen);
        if (gone.signal.aborted) return;
        if (news === null) {
          seen = { page: 0, frame: 0 };
          page = NO_PAGE;
          tellState("waiting");
        } else {
          seen = news.seen;
          page = news.page ?? page;
          tellState("live");
          if (news.jpeg !== null) {
            unacked += 1;
            socket.send(news.jpeg);
          }
        }
      }
      await watch.next({ timeoutMs: WATCH_MS, signal: gone.signal });
    }
  }
}

/** Counts messages. `now`: this one is the first too many of its second; `told`: a later one. */
function createLimit(): () => "now" | "told" | null {
  let count = 0;
  let secondEndsAtMs = 0;
  return () => {
    const nowMs = performance.now();
    if (nowMs > secondEndsAtMs) {
      count = 0;
      secondEndsAtMs = nowMs + 1_000;
    }
    count += 1;
    if (count <= MESSAGES_A_SECOND) return null;
    return count === MESSAGES_A_SECOND + 1 ? "now" : "told";
  };
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();
}
