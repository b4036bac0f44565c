import { LatchkeyError } from "../../model/errors.ts";
import { assertAuthSessionId } from "../../model/ids.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { openHandle } from "../open-from-cli.ts";

/** `latchkey auth delete` */
export const authDeleteCommand: AnyCommand = {
  usage: "delete <id>",
  summary: "Forget a login; the site itself is not told",
  positionals: { id: { type: "string", demandOption: true, describe: "Id of the auth session" } },
  options: { yes: { type: "boolean", alias: "y", default: false, describe: "Do not ask first" } },
  examples: [
    ["latchkey auth delete sam", "asks first"],
    ["latchkey auth delete sam --yes", "for scripts"],
  ],
  async run(given, context) {
    const id = textOf(given, "id") ?? "";
    assertAuthSessionId(id);
    await using open = await openHandle(context);
    if ((await open.authSessions.summary(id)) === null) throw new LatchkeyError("AUTH_SESSION_NOT_FOUND", `There is no auth session "${id}".`);
    if (given["yes"] !== true) {
      if (context.stdin.isTTY !== true) throw new LatchkeyError("USAGE", "Deleting asks first, and there is no terminal to ask in.", { hint: "Add --yes." });
      const { confirm } = await import("@inquirer/prompts");
      const isSure = await confirm({ message: `Delete the auth session "${id}"?`, default: false }, { input: context.stdin, output: context.stderr as NodeJS.WritableStream, signal: context.signal });
      if (!isSure) throw new LatchkeyError("CANCELED", "Nothing was deleted.");
    }
    await open.authSessions.delete(id);
    context.printJson({ id, deleted: true });
    context.print(`The auth session "${id}" is deleted.`);
    return 0;
  },
};
