import { setTimeout as delay } from "node:timers/promises";
import type { LoginDriver } from "../auth-sessions/keeper.ts";
import type { AuthSession } from "../model/auth-session.ts";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import { EMPTY_STATE, type CapturedState } from "../model/storage-state.ts";
import type { AttemptOptions, AttemptRoom, Stage } from "./attempt-room.ts";
import { reasonNotToBelieve } from "./explain-failure.ts";
import { learnSession, learnState } from "./learn-secrets.ts";

const BACKOFF_MS = 1_000;

/** How logins are made and checked in an attempt's room. */
export interface LoginSteps extends LoginDriver<Stage> {
  /** A login from outside, checked in a context of its own. */
  verify(captured: CapturedState, proxyUrl: string | null): Promise<Stage>;
}

/** Steps that work in `room`. `createAttempts` and `checkAttempts` are those of the settings unless the run says otherwise. */
export function createLoginSteps(room: AttemptRoom, options: Pick<AttemptOptions, "log" | "redactor" | "deadline">, limits: { readonly createAttempts: number; readonly checkAttempts: number }): LoginSteps {
  const { log, redactor, deadline } = options;

  const checkOnce = async (stage: Stage): Promise<boolean> => {
    const before = stage.leased.report();
    const holds = await believe(room.call(stage, { kind: "check" }, {}));
    if (holds) return true;
    await stage.leased.settled();
    const reason = reasonNotToBelieve(before, stage.leased.report());
    if (reason !== null) throw reason;
    return false;
  };
  /** A check that throws has not seen a login; only what keeps it from the site is an error of the run. */
  const believe = async (call: Promise<unknown>): Promise<boolean> => {
    try {
      return (await call) === true;
    } catch (thrown) {
      const error = toLatchkeyError(thrown);
      if (error.code !== "API_FAILED" && error.code !== "RUN_ERROR") throw error;
      log.warn(`The check threw: ${error.message}`);
      return false;
    }
  };
  const restoreAndCheck = async (session: AuthSession): Promise<Stage | null> => {
    learnSession(redactor, session);
    for (let number = 1; number <= limits.checkAttempts; number++) {
      const stage = await openStage(session);
      if (await log.phase("check", () => checkOnce(stage))) return stage;
      await stage[Symbol.asyncDispose]();
      log.info(`The check says that nobody is logged in (${number} of ${limits.checkAttempts}).`);
    }
    return null;
  };
  const openStage = (session: AuthSession): Promise<Stage> => log.phase("restore", () => room.openStage(session.secrets.state, session.secrets.proxyUrl));

  const verify = async (captured: CapturedState, proxyUrl: string | null): Promise<Stage> => {
    learnState(redactor, captured.state);
    const stage = await room.openStage(captured.state, proxyUrl);
    if (await log.phase("verify", () => checkOnce(stage))) return stage;
    await stage[Symbol.asyncDispose]();
    const lost = captured.losses.map(({ origin, place, reason }) => `${origin} ${place} (${reason})`);
    if (lost.length > 0) throw new LatchkeyError("STATE_NOT_PORTABLE", `The login does not survive in another browser: ${lost.join("; ")} cannot be carried.`);
    throw new LatchkeyError("AUTH_SESSION_CREATE_FAILED", "The login was made, but restored into a fresh browser the check says that nobody is logged in.", { hint: "See whether create really ends logged in, and whether check looks at the right thing." });
  };
  const loginOnce = async (parameters: JsonObject, proxyUrl: string | null): Promise<{ readonly captured: CapturedState; readonly stage: Stage }> => {
    const made = await room.openStage(EMPTY_STATE, proxyUrl);
    await log.phase("create", () => room.call(made, { kind: "create" }, parameters));
    const captured = await log.phase("capture", () => deadline.race(made.attached.capture()));
    await made[Symbol.asyncDispose]();
    return { captured, stage: await verify(captured, proxyUrl) };
  };

  return {
    restoreAndCheck,
    async restore(session) {
      learnSession(redactor, session);
      return openStage(session);
    },
    verify,
    async login(parameters, proxyUrl) {
      redactor.addParameters(parameters);
      for (let number = 1; ; number++) {
        try {
          return await loginOnce(parameters, proxyUrl);
        } catch (thrown) {
          const error = asLoginError(toLatchkeyError(thrown));
          if (number >= limits.createAttempts || !error.retriable || deadline.signal.aborted) throw error;
          log.warn(`Logging in failed (${number} of ${limits.createAttempts}): ${error.message}`);
          await delay(BACKOFF_MS * 2 ** (number - 1), undefined, { signal: deadline.signal });
        }
      }
    },
  };
}

/** What author code throws in `create` is a failed login; the network's and the machine's errors stay what they are. */
function asLoginError(error: LatchkeyError): LatchkeyError {
  if (error.code !== "API_FAILED" && error.code !== "RUN_ERROR") return error;
  const { where, stack } = error.facts;
  return new LatchkeyError("AUTH_SESSION_CREATE_FAILED", `auth-sessions/create failed: ${error.message}`, { cause: error, retriable: error.retriable, ...(where !== undefined && { where }), ...(stack !== undefined && { stack }) });
}
