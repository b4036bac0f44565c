import { textOf, type AnyCommand } from "../command.ts";
import { executeAuth } from "../execute-auth.ts";
import { openHandle } from "../open-from-cli.ts";
import { isStandardInput, readParameters } from "../read-parameters.ts";
import { RUN_OPTIONS } from "../run-options.ts";

/** `latchkey auth create` */
export const authCreateCommand: AnyCommand = {
  usage: "create <id> [params]",
  summary: "Log in, and keep the login under an id",
  positionals: {
    id: { type: "string", demandOption: true, describe: "Id of the new auth session: one per user and service" },
    params: { type: "string", describe: "Credentials: inline JSON, @file, a .json path, or - for standard input" },
  },
  options: { ...RUN_OPTIONS },
  examples: [
    ["latchkey auth create sam @sam.json", "credentials from a file"],
    ["op read … | latchkey auth create sam - --proxy env:SAM_PROXY", "from a password manager, through a proxy"],
  ],
  async run(given, context) {
    const id = textOf(given, "id") ?? "";
    const params = textOf(given, "params");
    await using open = await openHandle(context);
    return executeAuth(context, open, given, {
      target: { kind: "auth-create", id },
      parameters: await readParameters(params, context),
      stdinIsTaken: isStandardInput(params),
      maximumAttempts: open.defaults.createAttempts,
      done: `The auth session "${id}" is ready.`,
    });
  },
};
