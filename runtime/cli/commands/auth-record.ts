import { LatchkeyError } from "../../model/errors.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { executeAuth } from "../execute-auth.ts";
import { openHandle } from "../open-from-cli.ts";
import { RUN_OPTIONS } from "../run-options.ts";

const { proxy = {}, timeout = {}, trace = {} } = RUN_OPTIONS;

/** `latchkey auth record` */
export const authRecordCommand: AnyCommand = {
  usage: "record <id>",
  summary: "Log in by hand in a browser's window, or step by step in the terminal, and keep the login",
  positionals: { id: { type: "string", demandOption: true, describe: "Id of the auth session" } },
  options: {
    "start-url": { type: "string", requiresArg: true, describe: "Where to begin. Default: authSessions.startUrl of the settings" },
    "finish-url": { type: "string", requiresArg: true, describe: "Done when the page's address begins so. Default: authSessions.finish, or you say so" },
    "finish-selector": { type: "string", requiresArg: true, describe: "Done when this is on the page" },
    terminal: { type: "boolean", default: false, describe: "Without a window: the page is described, and you answer" },
    proxy,
    timeout,
    trace,
  },
  examples: [
    ["latchkey auth record sam --start-url https://app.example/login --finish-url https://app.example/home", "in a window"],
    ["latchkey auth record sam --start-url https://app.example/login --terminal", "over ssh"],
  ],
  async run(given, context) {
    const id = textOf(given, "id") ?? "";
    await using open = await openHandle(context);
    const settings = open.defaults;
    const startUrl = textOf(given, "start-url") ?? settings.startUrl;
    if (startUrl === null) throw new LatchkeyError("USAGE", "Where does the recording begin?", { hint: "Add --start-url URL, or set authSessions.startUrl." });
    if (!URL.canParse(startUrl)) throw new LatchkeyError("USAGE", "--start-url is not an address.", { hint: "Write it whole: https://app.example/login" });
    const finishUrl = textOf(given, "finish-url") ?? settings.finish?.urlStartsWith;
    const selector = textOf(given, "finish-selector") ?? settings.finish?.selector;
    const hasDisplay = process.platform !== "linux" || context.env["DISPLAY"] !== undefined || context.env["WAYLAND_DISPLAY"] !== undefined;
    const headful = given["terminal"] !== true && hasDisplay;
    if (!headful && given["terminal"] !== true) context.tell("There is no display for a window, so the page is described here instead.");
    return executeAuth(context, open, given, {
      target: { kind: "auth-record", id, startUrl, finish: { ...(finishUrl !== undefined && { urlStartsWith: finishUrl }), ...(selector !== undefined && { selector }) } },
      parameters: {},
      stdinIsTaken: false,
      headful,
      done: `The login of "${id}" is recorded.`,
    });
  },
};
