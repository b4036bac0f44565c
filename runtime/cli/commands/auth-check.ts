import { textOf, type AnyCommand } from "../command.ts";
import { executeAuth } from "../execute-auth.ts";
import { openHandle } from "../open-from-cli.ts";
import { RUN_OPTIONS } from "../run-options.ts";

const { timeout = {}, headful = {}, trace = {} } = RUN_OPTIONS;

/** `latchkey auth check` */
export const authCheckCommand: AnyCommand = {
  usage: "check <id>",
  summary: "Check a login, and log in again when it no longer holds",
  positionals: { id: { type: "string", demandOption: true, describe: "Id of the auth session" } },
  options: { recreate: { type: "boolean", default: true, describe: "Log in again when the check fails; --no-recreate only checks" }, timeout, headful, trace },
  examples: [
    ["latchkey auth check sam", "check, and mend when needed"],
    ["latchkey auth check sam --no-recreate --json", "only look"],
  ],
  async run(given, context) {
    const id = textOf(given, "id") ?? "";
    await using open = await openHandle(context);
    return executeAuth(context, open, given, { target: { kind: "auth-validate", id, autoRecreate: given["recreate"] !== false }, parameters: {}, stdinIsTaken: false, done: `The login of "${id}" holds.` });
  },
};
