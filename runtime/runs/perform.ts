import { keepLogin, loggedIn, saveAfterUse, type KeptLogin } from "../auth-sessions/keeper.ts";
import type { AuthSessionSummary } from "../model/auth-session.ts";
import { LatchkeyError } from "../model/errors.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import type { AuthLimits, RunTarget } from "../model/run.ts";
import { EMPTY_STATE, type CapturedState } from "../model/storage-state.ts";
import type { AttemptOptions, AttemptRoom, Stage } from "./attempt-room.ts";
import { learnState } from "./learn-secrets.ts";
import { createLoginSteps, type LoginSteps } from "./login-driver.ts";
import { recordByHand } from "./record-by-hand.ts";
import type { RunParts } from "./run-parts.ts";

/** What an attempt achieved. */
export interface Performed {
  readonly result: JsonValue;
  readonly authSession?: { readonly id: string; readonly recreated: boolean };
  readonly summary?: AuthSessionSummary;
}

/** Does what the run's target asks for, once. */
export async function perform(parts: RunParts, room: AttemptRoom, options: AttemptOptions): Promise<Performed> {
  const { target } = options.request;
  if (target.kind === "api" && target.runtimeInput !== undefined) return performWithLoginOfItsOwn(parts, room, options, target.name, target.runtimeInput, target.limits);
  if (target.kind === "api") return target.authSessionId === null ? performApiAlone(room, options, target.name) : performApi(parts, room, options, target, target.authSessionId);
  if (target.kind === "auth-validate") return validate(parts, room, options, target.id, target.autoRecreate, target.limits);
  return login(parts, room, options, target);
}

async function performApiAlone(room: AttemptRoom, { request, log }: AttemptOptions, name: string): Promise<Performed> {
  const stage = await room.openStage(EMPTY_STATE, request.proxyUrl);
  return { result: await log.phase("api", () => room.call(stage, { kind: "api", name }, request.parameters)) };
}

/** A login that nobody keeps: made for this run, gone with it. */
async function performWithLoginOfItsOwn(parts: RunParts, room: AttemptRoom, options: AttemptOptions, name: string, runtimeInput: JsonObject, limits: AuthLimits = {}): Promise<Performed> {
  const { request, log } = options;
  room.setAuthSessionParameters(runtimeInput);
  const { stage } = await createLoginSteps(room, options, { ...parts.project.settings.authSessions, ...limits }).login(runtimeInput, request.proxyUrl);
  return { result: await log.phase("api", () => room.call(stage, { kind: "api", name }, request.parameters)) };
}

async function performApi(parts: RunParts, room: AttemptRoom, options: AttemptOptions, target: RunTarget & { readonly kind: "api" }, id: string): Promise<Performed> {
  const { request, log, deadline, redactor } = options;
  return inTurn(parts, options, id, async () => {
    const kept = await keep(parts, room, options, { id, check: target.check, autoRecreate: target.autoRecreate, ...(target.limits !== undefined && { limits: target.limits }) });
    const { stage, session, recreated, checkedAt } = kept;
    let captured: CapturedState | null = null;
    try {
      const result = await log.phase("api", () => room.call(stage, { kind: "api", name: target.name }, request.parameters));
      if (parts.project.settings.authSessions.saveStateAfterRun) captured = await log.phase("capture", () => deadline.race(stage.attached.capture()));
      return { result, authSession: { id, recreated } };
    } finally {
      if (captured !== null) learnState(redactor, captured.state);
      const saved = await log.phase("save", () => saveAfterUse(parts.authSessions, { session, captured, checkedAt, at: parts.now().toISOString() }));
      if (captured !== null && !saved) log.info(`The state of "${id}" was changed by another run meanwhile; that newer state is kept.`);
    }
  });
}

async function validate(parts: RunParts, room: AttemptRoom, options: AttemptOptions, id: string, autoRecreate: boolean, limits: AuthLimits = {}): Promise<Performed> {
  return inTurn(parts, options, id, async () => {
    const { stage, session, recreated, checkedAt } = await keep(parts, room, options, { id, check: true, autoRecreate, checkFreshForMs: 0, limits });
    const captured = await options.log.phase("capture", () => options.deadline.race(stage.attached.capture()));
    learnState(options.redactor, captured.state);
    await options.log.phase("save", () => saveAfterUse(parts.authSessions, { session, captured, checkedAt, at: parts.now().toISOString() }));
    const summary = await parts.authSessions.summary(id);
    return { result: null, authSession: { id, recreated }, ...(summary !== null && { summary }) };
  });
}

async function keep(parts: RunParts, room: AttemptRoom, options: AttemptOptions, how: { readonly id: string; readonly check: boolean; readonly autoRecreate: boolean; readonly checkFreshForMs?: number; readonly limits?: AuthLimits }): Promise<KeptLogin<Stage>> {
  const { authSessions: settings } = parts.project.settings;
  const steps = createLoginSteps(room, options, { ...settings, ...how.limits });
  const stored = await parts.authSessions.get(how.id);
  if (stored !== null) room.setAuthSessionParameters(stored.secrets.parameters);
  return keepLogin(parts.authSessions, how.id, steps, { checkFreshForMs: settings.checkFreshForMs, ...how, lockTimeoutMs: settings.lockTimeoutMs, deadline: options.deadline, now: parts.now });
}

/** Runs of one auth session one after the other, when its mode is exclusive. */
async function inTurn<T>(parts: RunParts, { deadline, log }: AttemptOptions, id: string, work: () => Promise<T>): Promise<T> {
  const { mode, lockTimeoutMs } = parts.project.settings.authSessions;
  if (mode === "shared") return work();
  return parts.authSessions.withLock(id, "use", { timeoutMs: lockTimeoutMs, signal: deadline.signal, onWait: () => log.info(`Another run uses "${id}"; waiting for its turn.`) }, work);
}

async function login(parts: RunParts, room: AttemptRoom, options: AttemptOptions, target: Exclude<RunTarget, { readonly kind: "api" | "auth-validate" }>): Promise<Performed> {
  const { id } = target;
  const { lockTimeoutMs } = parts.project.settings.authSessions;
  const onWait = (): void => options.log.info(`Another run is logging in as "${id}"; waiting for it.`);
  return parts.authSessions.withLock(id, "login", { timeoutMs: lockTimeoutMs, signal: options.deadline.signal, onWait }, async () => {
    const old = await parts.authSessions.get(id);
    if (target.kind === "auth-create" && old !== null) throw new LatchkeyError("AUTH_SESSION_EXISTS", `There already is an auth session "${id}".`);
    const { request } = options;
    const keepsProxy = target.kind !== "auth-create" && request.proxyUrl === null && (target.kind !== "auth-update" || target.keepProxy);
    const proxyUrl = keepsProxy ? (old?.secrets.proxyUrl ?? null) : request.proxyUrl;
    const keepsParameters = target.kind === "auth-update" && target.keepParameters;
    const parameters = keepsParameters ? (old?.secrets.parameters ?? {}) : request.parameters;
    room.setAuthSessionParameters(parameters);
    // One attempt of the run is one login; the run's own retries repeat it.
    const steps = createLoginSteps(room, options, { createAttempts: 1, checkAttempts: ("limits" in target ? target.limits?.checkAttempts : undefined) ?? parts.project.settings.authSessions.checkAttempts });
    const captured = await obtain(room, options, steps, target, parameters, proxyUrl);
    const type = target.kind === "auth-record" ? "recorded" : target.kind === "auth-import" ? "imported" : "credentials";
    const session = loggedIn({ id, type, parameters, proxyUrl, captured, at: parts.now().toISOString(), previous: old?.summary ?? null });
    const { summary } = await options.log.phase("save", () => parts.authSessions.put(session, old?.summary.version ?? null));
    return { result: null, authSession: { id, recreated: old !== null }, summary };
  });
}

async function obtain(room: AttemptRoom, options: AttemptOptions, steps: LoginSteps, target: RunTarget, parameters: JsonObject, proxyUrl: string | null): Promise<CapturedState> {
  if (target.kind === "auth-import") {
    const captured = { state: target.state, losses: [] };
    await steps.verify(captured, proxyUrl);
    return captured;
  }
  if (target.kind !== "auth-record") return (await steps.login(parameters, proxyUrl)).captured;
  const stage = await room.openStage(EMPTY_STATE, proxyUrl);
  const captured = await recordByHand(room, stage, options, target);
  await stage[Symbol.asyncDispose]();
  await steps.verify(captured, proxyUrl);
  return captured;
}
