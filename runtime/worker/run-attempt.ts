import type { Browser, BrowserContext, Page, Target } from "puppeteer-core";
import { LatchkeyError } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import type { AnswerMessage, AttachMessage, CallMessage, FromChild, ToChild, ValuesAnswer } from "../model/worker-protocol.ts";
import { enterAttemptScope, type AttemptScope } from "./attempt-scope.ts";
import { callFunction, importDefault } from "./call-function.ts";
import { openCdpConnections } from "./cdp-transport.ts";
import { connectBrowser } from "./connect-browser.ts";
import { describeError } from "./describe-error.ts";

/** The child's side of an attempt. */
export interface ChildAttempt {
  receive(message: ToChild): void;
}

/** Handles the messages of one attempt; `send` answers the parent. */
export function runAttempt(send: (message: FromChild) => void): ChildAttempt {
  const answers = new Map<number, PromiseWithResolvers<string>>();
  let attached: Promise<{ readonly browser: Browser; readonly scope: AttemptScope; readonly message: AttachMessage }> | null = null;
  let prompts = 0;
  const valueRequests = new Map<number, PromiseWithResolvers<JsonValue | undefined>>();
  let lastRequestId = 0;
  const connections = openCdpConnections();
  const attemptStore = new Map<string, unknown>();

  const ask: AttemptScope["ask"] = (question) => {
    const promptId = ++prompts;
    const pending = Promise.withResolvers<string>();
    answers.set(promptId, pending);
    send({ type: "prompt", promptId, question });
    return pending.promise;
  };
  const askValues: AttemptScope["askValues"] = (request) => {
    const requestId = ++lastRequestId;
    const pending = Promise.withResolvers<JsonValue | undefined>();
    valueRequests.set(requestId, pending);
    send({ ...request, type: "values", requestId });
    return pending.promise;
  };
  const answerValues = ({ requestId, value, error }: ValuesAnswer): void => {
    const pending = valueRequests.get(requestId);
    valueRequests.delete(requestId);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(new Error(error));
  };
  const attach = async (message: AttachMessage) => {
    enterProject(message);
    const scope: AttemptScope = { ...message, attemptStore, send, ask, askValues, lastAnswer: null };
    enterAttemptScope(scope);
    const browser = await connectBrowser(message, connections.open());
    keepOpen(browser);
    send({ type: "attached" });
    return { browser, scope, message };
  };
  const call = async (message: CallMessage): Promise<void> => {
    const { browser, scope, message: attachMessage } = await (attached ?? Promise.reject(new Error("called before attached")));
    try {
      const context = findContext(browser, message.contextId);
      const page = await findPage(context, message.targetId);
      // puppeteer-extra applies its plugins to a new page without telling when it is done; a navigation waits for them.
      if (attachMessage.plugins.length > 0) await page.goto("about:blank");
      if (message.kind === "api" && message.setupContext !== null) {
        const setup = await importDefault(message.setupContext, "hooks/setupContext");
        await setup({ cdpUrl: null, apiName: message.apiName, apiParameters: message.parameters, page, context });
      }
      send({ type: "returned", callId: message.callId, value: await callFunction(message, page, context, scope) });
    } catch (thrown) {
      send({ type: "threw", callId: message.callId, error: thrown instanceof LatchkeyError ? thrown.toBody() : describeError(thrown, attachMessage.projectDir) });
    }
  };
  const answer = ({ promptId, value, error }: AnswerMessage): void => {
    const pending = answers.get(promptId);
    answers.delete(promptId);
    if (value !== undefined) pending?.resolve(value);
    else pending?.reject(Object.assign(new Error(error?.message ?? "The question was not answered."), { code: error?.code, name: "PromptError" }));
  };

  return {
    receive(message) {
      switch (message.type) {
        case "attach":
          attached = attach(message);
          attached.catch((thrown: unknown) => send({ type: "threw", callId: 0, error: thrown instanceof LatchkeyError ? thrown.toBody() : describeError(thrown, message.projectDir) }));
          break;
        case "call":
          void call(message);
          break;
        case "answer":
          answer(message);
          break;
        case "values-answer":
          answerValues(message);
          break;
        case "end":
          process.exit(0);
      }
    },
  };
}

/** The process was forked before it was known for which project. */
function enterProject({ projectDir, env }: AttachMessage): void {
  process.chdir(projectDir);
  // eslint-disable-next-line no-restricted-properties -- it is written here, for author code to read
  Object.assign(process.env, env);
}

/** Scripts end with `browser.close()` by habit; the browser is the parent's, who needs it to save the login. */
function keepOpen(browser: Browser): void {
  browser.close = () => Promise.resolve();
  browser.disconnect = () => Promise.resolve();
}

function findContext(browser: Browser, contextId: string): BrowserContext {
  const context = browser.browserContexts().find((candidate) => candidate.id === contextId);
  if (context === undefined) throw new LatchkeyError("INTERNAL", "The context of the attempt cannot be seen by its process.");
  return context;
}

const PAGE_TIMEOUT_MS = 10_000;

/** The page that the parent opened, as soon as this side has heard of it. */
async function findPage(context: BrowserContext, targetId: string): Promise<Page> {
  const seen = new Set<Target>();
  const isWanted = (target: Target): boolean => target.type() === "page" && target.browserContext() === context && !seen.has(target);
  for (;;) {
    const target = await context.browser().waitForTarget(isWanted, { timeout: PAGE_TIMEOUT_MS });
    seen.add(target);
    if ((await targetIdOf(target)) !== targetId) continue;
    const page = await target.page();
    if (page !== null) return page;
  }
}

async function targetIdOf(target: Target): Promise<string | null> {
  try {
    const session = await target.createCDPSession();
    const { targetInfo } = await session.send("Target.getTargetInfo");
    await session.detach();
    return targetInfo.targetId;
  } catch {
    // A page of an earlier call that is closing at this moment.
    return null;
  }
}
