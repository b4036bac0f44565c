import { LatchkeyError } from "../../model/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { untilStopped } from "../run-until-signal.ts";
import { superviseWorker } from "../supervise-worker.ts";

const PORT = 4_400;
const DEFAULT_SLOTS = 2;
const MAX_PORT = 65_535;

/** `latchkey serve` */
export const serveCommand: AnyCommand = {
  usage: "serve",
  summary: "Start the server: HTTP API, database and workers, in one command",
  options: {
    port: { type: "number", default: PORT, requiresArg: true, describe: "Port to listen on; 0 takes any free one" },
    host: { type: "string", default: "127.0.0.1", requiresArg: true, describe: "Address to listen on; 0.0.0.0 is all of them" },
    slots: { type: "number", requiresArg: true, describe: "Slots of the worker that is started along. Default: 2, or 0 when DATABASE_URL is set" },
  },
  examples: [
    ["latchkey serve", "on this machine alone, with an embedded PostgreSQL"],
    ["DATABASE_URL=postgres://… latchkey serve --host 0.0.0.0 --slots 0", "with a PostgreSQL that workers of other machines share"],
  ],
  async run(given, context) {
    const port = wholeNumber(given, "port", MAX_PORT);
    const slots = given["slots"] === undefined ? ((context.env["DATABASE_URL"] ?? "") === "" ? DEFAULT_SLOTS : 0) : wholeNumber(given, "slots", 1_000);
    const { startHostedServer } = await import("../../compose-server.ts");
    await using cleanup = new AsyncDisposableStack();
    const server = cleanup.use(await startHostedServer({ env: context.env, cwd: context.cwd, host: textOf(given, "host") ?? "127.0.0.1", port }));
    if (slots > 0) cleanup.use(superviseWorker({ slots, env: context.env, cwd: context.cwd, onEnd: (message) => context.tell(`warning: ${message}`) }));
    tellStart(context, server);
    await untilStopped(context);
    context.tell("Stopping: no new runs are taken, and those that go on may end.");
    return 0;
  },
};

/** Says where the server is; the first key is shown this once, and goes to the terminal rather than to any log. */
export function tellStart(context: CliContext, server: { readonly url: string; readonly workspaceId: string; readonly firstKey: string | null }): void {
  context.printJson({ url: server.url, workspaceId: server.workspaceId, ...(server.firstKey !== null && { firstKey: server.firstKey }) });
  context.tell(`Latchkey listens on ${server.url}\n  dashboard  ${server.url}/\n  API        ${server.url}/docs\n  workspace  ${server.workspaceId}`);
  if (server.firstKey !== null && !context.json) context.tell(`\n  The first API key, shown only now:\n\n    ${server.firstKey}\n\n  export LATCHKEY_SERVER=${server.url} LATCHKEY_API_KEY=${server.firstKey}\n`);
}

/** A whole number from 0 on. @throws LatchkeyError `USAGE` */
export function wholeNumber(given: Readonly<Record<string, unknown>>, name: string, maximum: number): number {
  const value = given[name];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > maximum) throw new LatchkeyError("USAGE", `--${name} takes a whole number from 0 to ${maximum}.`);
  return value;
}
