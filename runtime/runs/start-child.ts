import type { ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import type { ConnectionTransport } from "puppeteer-core";
import { LatchkeyError, type ErrorBody } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import type { ExtendedPayload, PromptQuestion } from "../model/run.ts";
import type { PersistentValues } from "../model/persistent-values.ts";
import { CDP_FD, type AttachMessage, type CallMessage, type FromChild, type ToChild } from "../model/worker-protocol.ts";
import { answerValues } from "./answer-values.ts";
import { endChild, hasExited, LADDER_TIMES } from "./end-child.ts";
import { parseFromChild } from "./parse-from-child.ts";
import type { PreparedChild } from "./prepare-child.ts";
import { readLines } from "./read-lines.ts";
import { relayCdp, type CdpRelay } from "./relay-cdp.ts";
import { watchMemory } from "./watch-memory.ts";

/** What the child says while it works. */
export interface ChildListener {
  readonly log: (level: "debug" | "info" | "warn" | "error", message: string) => void;
  readonly ask: (question: PromptQuestion) => Promise<string>;
  readonly extendTimeout: () => void;
  readonly extendPayload: (payloads: readonly ExtendedPayload[]) => void;
  /** The persistent store; null: the child keeps it in a file itself. */
  readonly values: PersistentValues | null;
}

/** How a child is started. */
export interface ChildOptions {
  readonly prepared: PreparedChild;
  readonly maxLogBytes: number;
  readonly listener: ChildListener;
}

/** A child process that runs author code. Disposing ends it and everything it started. */
export interface Child extends AsyncDisposable {
  /** Hands over a connection to Chrome; the one before is closed. */
  attach(message: AttachMessage, transport: ConnectionTransport): Promise<void>;
  /**
   * Calls one function of the project.
   *
   * @throws LatchkeyError with the author's error, `CHILD_CRASHED` or `CHILD_OUT_OF_MEMORY`.
   */
  call(message: Omit<CallMessage, "type" | "callId">): Promise<JsonValue>;
  /** The steps of the ladder that ending it took; empty before. */
  readonly ladder: readonly string[];
}

/** Puts a prepared child to work. */
export function startChild({ prepared, maxLogBytes, listener }: ChildOptions): Child {
  const { process: child, marker, memoryMb, guards } = prepared;

  const calls = new Map<number, PromiseWithResolvers<JsonValue>>();
  let attached = Promise.withResolvers<void>();
  attached.promise.catch(() => undefined);
  let relay: CdpRelay | null = null;
  let lastCallId = 0;
  let death: LatchkeyError | null = null;
  let outOfMemory = false;
  let ladder: readonly string[] = [];
  let ending: Promise<void> | null = null;

  const die = (error: LatchkeyError): void => {
    death ??= error;
    attached.reject(death);
    for (const pending of calls.values()) pending.reject(death);
    calls.clear();
  };
  const send = (message: ToChild): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  const answer = async (promptId: number, question: PromptQuestion): Promise<void> => {
    try {
      send({ type: "answer", promptId, value: await listener.ask(question) });
    } catch (thrown) {
      send({ type: "answer", promptId, error: thrown instanceof LatchkeyError ? thrown.toBody() : new LatchkeyError("PROMPT_TIMED_OUT", "The question was not answered.").toBody() });
    }
  };
  const receive = (message: FromChild): void => {
    switch (message.type) {
      case "attached":
        attached.resolve();
        break;
      case "returned":
        calls.get(message.callId)?.resolve(message.value);
        calls.delete(message.callId);
        break;
      case "threw":
        rejectCall(message.callId, message.error);
        break;
      case "log":
        listener.log(message.level, message.message);
        break;
      case "prompt":
        void answer(message.promptId, message.question);
        break;
      case "extend-timeout":
        listener.extendTimeout();
        break;
      case "extend-payload":
        listener.extendPayload(message.payloads);
        break;
      case "values":
        void answerValues(listener.values, message).then(send);
        break;
      case "ready":
      case "file":
        break;
    }
  };
  const rejectCall = (callId: number, error: ErrorBody): void => {
    if (callId === 0) attached.reject(LatchkeyError.fromBody(error));
    calls.get(callId)?.reject(LatchkeyError.fromBody(error));
    calls.delete(callId);
  };

  child.on("message", (raw) => {
    const message = parseFromChild(raw);
    if (message !== null) receive(message);
  });
  child.on("error", (cause) => die(new LatchkeyError("ENVIRONMENT", `The process of the project's code did not start: ${cause.message}.`, { cause })));
  const onExit = (exitCode: number | null, signal: NodeJS.Signals | null): void => die(deathOf(exitCode, signal, outOfMemory, memoryMb));
  if (hasExited(child)) onExit(child.exitCode, child.signalCode);
  else child.once("exit", onExit);
  const budget = { bytesLeft: maxLogBytes };
  const onCut = (): void => listener.log("warn", `The code printed more than ${maxLogBytes} bytes; the rest of its output is dropped.`);
  if (child.stdout !== null) readLines(child.stdout, { budget, onCut, onLine: (line) => listener.log("info", line) });
  if (child.stderr !== null) readLines(child.stderr, { budget, onCut, onLine: (line) => listener.log("warn", line) });
  if (child.pid !== undefined)
    guards.use(
      watchMemory(child.pid, memoryMb * 1024 * 1024, () => {
        outOfMemory = true;
        child.kill("SIGKILL");
      }),
    );

  return {
    get ladder() {
      return ladder;
    },
    async attach(message, transport) {
      if (death !== null) throw death;
      attached = Promise.withResolvers<void>();
      attached.promise.catch(() => undefined);
      relay ??= relayCdp(cdpSocket(child));
      relay.switchTo(transport);
      send(message);
      await attached.promise;
    },
    call(message) {
      if (death !== null) return Promise.reject(death);
      const callId = ++lastCallId;
      const pending = Promise.withResolvers<JsonValue>();
      calls.set(callId, pending);
      send({ ...message, type: "call", callId });
      return pending.promise;
    },
    [Symbol.asyncDispose]() {
      ending ??= (async () => {
        const wasBusy = calls.size > 0;
        ladder = await endChild(child, marker, () => send({ type: "end" }), LADDER_TIMES);
        // An idle child that simply left when it was told to is no step of a ladder.
        if (!wasBusy && ladder.length === 1) ladder = [];
        guards.dispose();
      })();
      return ending;
    },
  };
}

function cdpSocket(child: ChildProcess): Duplex {
  const socket = child.stdio[CDP_FD];
  // Node makes an extra "pipe" a two-way socket; its types know only of streams.
  if (socket === null || socket === undefined || !("write" in socket) || !("read" in socket)) throw new LatchkeyError("INTERNAL", "The child has no channel to the browser.");
  return socket as Duplex;
}

function deathOf(exitCode: number | null, signal: NodeJS.Signals | null, outOfMemory: boolean, memoryMb: number): LatchkeyError {
  // V8 aborts (SIGABRT, or SIGTRAP where it is built so) when its heap limit is reached.
  if (outOfMemory || signal === "SIGABRT" || signal === "SIGTRAP") return new LatchkeyError("CHILD_OUT_OF_MEMORY", `The code used more than ${memoryMb} MB of memory.`);
  const how = signal === null ? `with exit code ${exitCode ?? "unknown"}` : `by ${signal}`;
  return new LatchkeyError("CHILD_CRASHED", `The process of the project's code ended ${how} before it gave a result.`);
}

