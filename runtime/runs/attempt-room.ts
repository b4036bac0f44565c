import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { attachStorageState, type AttachedState } from "../auth-sessions/state/attach-storage-state.ts";
import type { BrowserLease, LeasedContext } from "../model/browser.ts";
import type { Deadline } from "../model/deadline.ts";
import { LatchkeyError, toLatchkeyError } from "../model/errors.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import type { LiveView } from "../model/live.ts";
import type { Target } from "../model/project.ts";
import { parseUpstreamProxy, type ProxyReport } from "../model/proxy.ts";
import type { Redactor } from "../model/redact.ts";
import type { AskHuman, ExtendedPayload, RunRequest } from "../model/run.ts";
import type { StateLoss, StorageState } from "../model/storage-state.ts";
import type { FailurePicture, Trace } from "../model/trace.ts";
import type { RunInfo } from "../model/worker-protocol.ts";
import { openScreen } from "../browser/open-screen.ts";
import type { AttemptLog } from "./attempt-log.ts";
import { describeTarget } from "../model/describe-target.ts";
import { explainFailure } from "./explain-failure.ts";
import { sumReports } from "./sum-reports.ts";
import type { RunParts } from "./run-parts.ts";
import { startChild, type Child } from "./start-child.ts";

const PICTURE_TIMEOUT_MS = 3_000;
/** How long the news of a crash may take after what it caused. */
const CRASH_NEWS_MS = 500;

/** What an attempt is opened with. */
export interface AttemptOptions {
  readonly request: RunRequest;
  readonly number: number;
  /** The run's folder. */
  readonly folder: string;
  readonly deadline: Deadline;
  readonly redactor: Redactor;
  readonly log: AttemptLog;
  readonly ask: AskHuman;
  /** Where the attempt can be watched; null: nowhere. */
  readonly live: LiveView | null;
}

/** A browser context with a login in it, and the way to call the project's functions there. */
export interface Stage extends AsyncDisposable {
  readonly leased: LeasedContext;
  readonly attached: AttachedState;
}

/** One attempt's browser and child process. Disposing leaves nothing of it behind. */
export interface AttemptRoom extends AsyncDisposable {
  readonly lease: BrowserLease;
  readonly extendedPayloads: readonly ExtendedPayload[];
  /** Where the page was at the first failure. */
  readonly failure: FailurePicture | null;
  readonly ladder: readonly string[];
  readonly losses: readonly StateLoss[];
  report(): ProxyReport | null;
  /** A new context whose traffic goes through the proxy, with the state restored. */
  openStage(state: StorageState, proxyUrl: string | null): Promise<Stage>;
  /** Calls a function of the project on a fresh page of the stage. */
  call(stage: Stage, target: Target, parameters: JsonObject): Promise<JsonValue>;
  /** Opens a page for a person, without author code. */
  openPage(stage: Stage): Promise<Page>;
  /** The stored parameters, for getAuthSessionParameters(). Call it before the first call. */
  setAuthSessionParameters(parameters: JsonObject): void;
}

/** Starts the browser and the child of an attempt, side by side. */
export async function openAttemptRoom(parts: RunParts, options: AttemptOptions, trace: Trace | null): Promise<AttemptRoom> {
  const { request, number, folder, deadline, redactor, log, ask, live } = options;
  const { project, compiler, browsers, tracer } = parts;
  const { settings } = project;
  await using cleanup = new AsyncDisposableStack();
  const extendedPayloads: ExtendedPayload[] = [];
  const losses: StateLoss[] = [];
  const contexts: LeasedContext[] = [];
  let failure: FailurePicture | null = null;
  let authSessionParameters: JsonObject | null = null;
  // Puppeteer knows only the contexts that were there when it connected, so each stage gets a connection of its own.
  let attachedTo: { readonly stage: Stage; readonly done: Promise<void> } | null = null;

  const askHere = async (question: Parameters<AskHuman>[0]): Promise<string> => {
    using _pause = deadline.pause();
    log.emit({ type: "prompt", question });
    const answer = await ask(question, AbortSignal.any([deadline.signal, AbortSignal.timeout(settings.authSessions.promptTimeoutMs)]));
    redactor.add(answer);
    log.emit({ type: "prompt-answered" });
    return answer;
  };

  const child = cleanup.use(
      startChild({
        prepared: parts.children.take(settings.run.memoryMb),
        maxLogBytes: settings.run.maxLogBytes,
        listener: {
          log: (level, message) => log.emit({ type: "log", level, source: "author", message }),
          ask: askHere,
          extendTimeout: () => deadline.extend(),
          extendPayload: (payloads) => void extendedPayloads.push(...payloads),
          values: parts.values,
        },
      }),
    );
  const browserSettings = request.headful ? { ...settings.browser, headless: false as const } : settings.browser;
  const lease = cleanup.use(await log.phase("browser", () => deadline.race(browsers.lease({ settings: browserSettings, network: settings.network, deadline, warn: log.warn }))));

  const attachChild = async (stage: Stage): Promise<Child> => {
    if (attachedTo?.stage !== stage) attachedTo = { stage, done: attach() };
    await attachedTo.done;
    return child;
  };
  const attach = async (): Promise<void> => {
    const relay = await lease.openChildTransport();
    kept.use(relay);
    const { plugins, viewport } = settings.browser;
    const runInfo: RunInfo = { runId: request.runId, attempt: number, target: describeTarget(request.target), authSessionId: "id" in request.target ? request.target.id : request.target.authSessionId, jobId: request.partOf?.jobId ?? null, jobRunId: request.partOf?.jobRunId ?? null, queueId: request.partOf?.queueId ?? null, environment: parts.environment };
    await child.attach({ type: "attach", runInfo, plugins, viewport, projectDir: project.dir, env: project.env, filesDir: join(folder, "files"), storeFile: parts.storeFile, authSessionParameters }, relay.transport);
  };

  const openPage = async (stage: Stage): Promise<Page> => {
    const old = await stage.leased.context.pages();
    const page = await stage.leased.context.newPage();
    await stage.attached.preparePage(page);
    await Promise.all(old.map((other) => other.close().catch(() => undefined)));
    return page;
  };

  const call = async (stage: Stage, target: Target, parameters: JsonObject): Promise<JsonValue> => {
    const reportBefore = stage.leased.report();
    const crash = Promise.withResolvers<never>();
    crash.promise.catch(() => undefined);
    try {
      const [module, setupContext, ready] = await deadline.race(Promise.all([compiler.compile(project, target), target.kind === "api" ? compiler.compileSetupContext(project) : null, attachChild(stage)]));
      const page = await deadline.race(openPage(stage));
      page.once("error", () => crash.reject(new LatchkeyError("PAGE_CRASHED", `The page crashed at ${redactor.text(page.url())}.`)));
      void lease.ended.then((reason) => crash.reject(new LatchkeyError("BROWSER_CRASHED", "The browser ended in the middle of the run.", { cause: reason })));
      const targetId = await deadline.race(targetIdOf(page));
      const calling = ready.call({ kind: target.kind, module: module.file, source: module.source, parameters, contextId: stage.leased.id, targetId, setupContext: setupContext?.file ?? null, apiName: target.kind === "api" ? target.name : target.kind });
      return await deadline.race(Promise.race([calling.catch((thrown: unknown) => rejectWithCause(thrown, page, crash.promise)), crash.promise]));
    } catch (thrown) {
      failure ??= await tracer.pictureOf(stage.leased.context, { file: join(folder, `attempt-${number}`, "failure.png"), redactor, timeoutMs: PICTURE_TIMEOUT_MS });
      await stage.leased.settled();
      throw explainFailure(toLatchkeyError(thrown), reportBefore, stage.leased.report());
    }
  };

  const kept = cleanup.move();
  return {
    lease,
    extendedPayloads,
    losses,
    get failure() {
      return failure;
    },
    get ladder() {
      return child.ladder;
    },
    report: () => sumReports(contexts.map((context) => context.report())),
    setAuthSessionParameters: (parameters) => {
      authSessionParameters = parameters;
    },
    async openStage(state, proxyUrl) {
      await using opened = new AsyncDisposableStack();
      const leased = opened.use(await deadline.race(lease.openContext({ deadline, upstream: proxyUrl === null ? null : parseUpstreamProxy(proxyUrl) })));
      contexts.push(leased);
      opened.use(await allowDownloads(lease, leased, join(folder, "files")));
      await trace?.attach(leased.context);
      const attached = opened.use(await deadline.race(attachStorageState({ leased, state, passkeys: settings.authSessions.passkeys && settings.authSessions.enabled, deadline, log: log.warn })));
      if (live !== null) opened.use(live.show(openScreen(leased.context, { answersDialogs: request.target.kind === "auth-record" })));
      const inner = opened.move();
      const stage: Stage = {
        leased,
        attached,
        [Symbol.asyncDispose]: async () => {
          losses.push(...attached.losses);
          await inner.disposeAsync();
        },
      };
      // A stage that its owner forgot goes with the room; disposing twice does nothing.
      kept.use(stage);
      return stage;
    },
    call,
    openPage,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What author code throws when its page or browser crashes may come before the news of the crash, which is the true reason. */
async function rejectWithCause(thrown: unknown, page: Page, crash: Promise<never>): Promise<never> {
  const answered = page.evaluate("true").then(
    () => undefined,
    () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), CRASH_NEWS_MS)),
  );
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), CRASH_NEWS_MS));
  await Promise.race([crash, answered, late]);
  throw thrown;
}

async function targetIdOf(page: Page): Promise<string> {
  const session = await page.createCDPSession();
  const { targetInfo } = await session.send("Target.getTargetInfo");
  await session.detach();
  return targetInfo.targetId;
}

/** Downloads land in the run's folder for as long as the session lives: Chrome forgets the setting with it. */
async function allowDownloads(lease: BrowserLease, leased: LeasedContext, downloadPath: string): Promise<AsyncDisposable> {
  const session = await lease.browser.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", browserContextId: leased.id, downloadPath });
  return { [Symbol.asyncDispose]: () => session.detach().catch(() => undefined) };
}
