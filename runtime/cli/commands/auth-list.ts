import type { AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { openHandle } from "../open-from-cli.ts";

/** `latchkey auth list` */
export const authListCommand: AnyCommand = {
  usage: "list",
  summary: "List the auth sessions of the project",
  examples: [
    ["latchkey auth list", "a table"],
    ["latchkey auth list --json", "for programs"],
  ],
  async run(_given, context) {
    await using open = await openHandle(context);
    const sessions = await open.authSessions.list();
    context.printJson(sessions);
    if (sessions.length === 0) context.print("There are no auth sessions yet. Create one with: latchkey auth create ID PARAMS");
    else context.print(formatTable(["id", "status", "type", "logged in", "last used", "proxy"], sessions.map(({ id, status, type, loggedInAt, lastUsedAt, proxy }) => [id, status, type, loggedInAt, lastUsedAt ?? "never", proxy ?? "direct"])));
    return 0;
  },
};
