import { textOf, type AnyCommand } from "../command.ts";
import { executeAuth } from "../execute-auth.ts";
import { openHandle } from "../open-from-cli.ts";
import { isStandardInput, readParameters } from "../read-parameters.ts";
import { RUN_OPTIONS } from "../run-options.ts";

const { proxy = {}, timeout = {}, headful = {}, trace = {} } = RUN_OPTIONS;

/** `latchkey auth update` */
export const authUpdateCommand: AnyCommand = {
  usage: "update <id> [params]",
  summary: "Log in again, with new parameters or another proxy; the old login stays until the new one holds",
  positionals: {
    id: { type: "string", demandOption: true, describe: "Id of the auth session" },
    params: { type: "string", describe: "New credentials; left out, the stored ones are used" },
  },
  options: { proxy, "keep-proxy": { type: "boolean", default: true, describe: "Keep the stored proxy; --no-keep-proxy goes direct from now on" }, timeout, headful, trace },
  examples: [
    ["latchkey auth update sam @sam.json", "the password has changed"],
    ["latchkey auth update sam --proxy @proxy.txt", "another proxy, the same credentials"],
  ],
  async run(given, context) {
    const id = textOf(given, "id") ?? "";
    const params = textOf(given, "params");
    await using open = await openHandle(context);
    return executeAuth(context, open, given, {
      target: { kind: "auth-update", id, keepParameters: params === undefined, keepProxy: given["keep-proxy"] !== false },
      parameters: await readParameters(params, context),
      stdinIsTaken: isStandardInput(params),
      maximumAttempts: open.defaults.createAttempts,
      done: `The auth session "${id}" is updated.`,
    });
  },
};
