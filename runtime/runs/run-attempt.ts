import { relative, join } from "node:path";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import type { AuthSessionSummary } from "../model/auth-session.ts";
import type { RunIo } from "../model/open-project.ts";
import type { Redactor } from "../model/redact.ts";
import type { AttemptRecord, ExtendedPayload, RunRequest } from "../model/run.ts";
import type { StateLoss } from "../model/storage-state.ts";
import type { Trace } from "../model/trace.ts";
import { createAttemptLog } from "./attempt-log.ts";
import { openAttemptRoom, type AttemptRoom } from "./attempt-room.ts";
import { createDeadline } from "./create-deadline.ts";
import { perform, type Performed } from "./perform.ts";
import type { RunParts } from "./run-parts.ts";

/** What became of one attempt. */
export interface AttemptResult {
  readonly record: AttemptRecord;
  readonly result: JsonValue;
  /** Null: it succeeded. */
  readonly error: LatchkeyError | null;
  readonly authSession?: { readonly id: string; readonly recreated: boolean };
  readonly summary?: AuthSessionSummary;
  readonly extendedPayloads: readonly ExtendedPayload[];
  readonly losses: readonly StateLoss[];
}

/** What an attempt is given by its run. */
export interface AttemptOf {
  readonly request: RunRequest;
  readonly number: number;
  readonly folder: string;
  readonly redactor: Redactor;
  readonly io: RunIo;
}

/** Makes one attempt: never throws, and nothing of it is left when it returns. */
export async function runAttempt(parts: RunParts, { request, number, folder, redactor, io }: AttemptOf): Promise<AttemptResult> {
  const startedAt = parts.now().toISOString();
  const begin = performance.now();
  const traceDir = join(folder, `attempt-${number}`, "trace");
  let trace: Trace | null = null;
  const log = createAttemptLog({
    attempt: number,
    redactor,
    now: parts.now,
    observe: (event) => {
      trace?.event(event);
      io.observe(event);
    },
  });
  io.observe({ type: "attempt-started", at: startedAt, attempt: number, of: request.maximumAttempts });
  using deadline = createDeadline({ timeoutMs: request.timeoutMs, what: "The attempt", signal: io.signal, log: log.info });
  let room: AttemptRoom | null = null;
  let performed: Performed | null = null;
  let error: LatchkeyError | null = null;
  try {
    if (request.trace) trace = await parts.tracer.start({ dir: traceDir, redactor });
    const options = { request, number, folder, deadline, redactor, log, ask: io.ask, live: io.live ?? null };
    room = await openAttemptRoom(parts, options, trace);
    performed = await perform(parts, room, options);
    assertSize(performed.result, parts.project.settings.run.maxResultBytes);
  } catch (thrown) {
    error = toLatchkeyError(thrown);
  }
  // The attempt's own outcome stands; what goes wrong now is told beside it, and one failure does not keep the rest from being cleaned up.
  for (const [what, end] of [["Writing the trace", () => trace?.finish()], ["Cleaning up", () => room?.[Symbol.asyncDispose]()]] as const) {
    try {
      await end();
    } catch (thrown) {
      log.warn(`${what}: ${toLatchkeyError(thrown).message}`);
    }
  }
  const durationMs = Math.round(performance.now() - begin);
  const body = error === null ? undefined : redactor.value(error.toBody());
  io.observe({ type: "attempt-ended", at: parts.now().toISOString(), attempt: number, durationMs, ...(body !== undefined && { error: body }) });
  const record: AttemptRecord = {
    number,
    startedAt,
    durationMs,
    phases: log.phases,
    ...(body !== undefined && { error: body }),
    proxy: room?.report() ?? null,
    ladder: room?.ladder ?? [],
    ...(room?.failure != null && error !== null && { failure: { ...room.failure, screenshot: room.failure.screenshot === null ? null : relative(folder, room.failure.screenshot) } }),
    ...(trace !== null && { trace: relative(folder, traceDir) }),
  };
  return { record, result: performed?.result ?? null, error, extendedPayloads: error === null ? (room?.extendedPayloads ?? []) : [], losses: room?.losses ?? [], ...(performed?.authSession !== undefined && { authSession: performed.authSession }), ...(performed?.summary !== undefined && { summary: performed.summary }) };
}

function assertSize(result: JsonValue, maxResultBytes: number): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(result));
  if (sizeBytes > maxResultBytes) throw new LatchkeyError("RESULT_TOO_LARGE", `The result has ${sizeBytes} bytes; run.maxResultBytes allows ${maxResultBytes}.`);
}
