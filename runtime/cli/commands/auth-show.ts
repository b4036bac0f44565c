import { LatchkeyError } from "../../model/errors.ts";
import { assertAuthSessionId } from "../../model/ids.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { openHandle } from "../open-from-cli.ts";

/** `latchkey auth show` */
export const authShowCommand: AnyCommand = {
  usage: "show <id>",
  summary: "Show an auth session: status, times, proxy; never its secrets",
  positionals: { id: { type: "string", demandOption: true, describe: "Id of the auth session" } },
  examples: [
    ["latchkey auth show sam", "for people"],
    ["latchkey auth show sam --json", "for programs"],
  ],
  async run(given, context) {
    const id = textOf(given, "id") ?? "";
    assertAuthSessionId(id);
    await using open = await openHandle(context);
    const summary = await open.authSessions.summary(id);
    if (summary === null) throw new LatchkeyError("AUTH_SESSION_NOT_FOUND", `There is no auth session "${id}".`);
    context.printJson(summary);
    const lines: readonly (readonly [string, string])[] = [
      ["id", summary.id],
      ["status", summary.status],
      ["type", summary.type],
      ["created", summary.createdAt],
      ["logged in", summary.loggedInAt],
      ["last check", summary.lastCheckAt ?? "never"],
      ["last used", summary.lastUsedAt ?? "never"],
      ["proxy", summary.proxy ?? "direct"],
      ["holds", `${summary.counts.cookies} cookies, storage of ${summary.counts.origins} origins`],
      ["failed logins", String(summary.failedLogins)],
      ...(summary.lastError === null ? [] : ([["last error", `${summary.lastError.code}: ${summary.lastError.message}`]] as const)),
      ...summary.losses.map(({ origin, place, reason }) => ["not carried", `${place} of ${origin}: ${reason}`] as const),
    ];
    context.print(lines.map(([name, value]) => `${name.padEnd(14)} ${value}`).join("\n"));
    return 0;
  },
};
