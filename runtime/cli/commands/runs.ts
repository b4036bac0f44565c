import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject } from "../../model/json.ts";
import type { ProjectHandle } from "../../model/open-project.ts";
import type { RunRecord } from "../../model/run.ts";
import type { CliContext } from "../cli-context.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { openHandle } from "../open-from-cli.ts";
import { clientFromCli, isRemote } from "../remote/client-from-cli.ts";
import type { HttpClient } from "../remote/http-client.ts";
import { text } from "../remote/read-answers.ts";
import { colorsFor } from "../report-error.ts";
import { formatLog, formatMs } from "../show-progress.ts";

const DEFAULT_LIMIT = 20;
const id = { type: "string", demandOption: true, describe: "Id of the run, a part of it, or last" } as const;

async function find(open: ProjectHandle, wanted: string): Promise<RunRecord> {
  const record = await open.runs.find(wanted);
  if (record === null) throw new LatchkeyError("RUN_NOT_FOUND", `There is no run "${wanted}".`);
  return record;
}

/** What a list shows of a run that has ended. */
function endedOf({ ended, outcome }: RunRecord): RunRecord["ended"] {
  if (outcome === undefined) return ended;
  return { durationMs: outcome.durationMs, attempts: outcome.attempts.length, ...(outcome.error !== undefined && { errorCode: outcome.error.code }) };
}

const listCommand: AnyCommand = {
  usage: "list",
  summary: "List the latest runs",
  options: { limit: { type: "number", default: DEFAULT_LIMIT, requiresArg: true, describe: "How many" } },
  examples: [
    ["latchkey runs list", "the latest 20"],
    ["latchkey runs list --limit 100 --json", "for programs"],
  ],
  async run(given, context) {
    const limit = given["limit"];
    if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1) throw new LatchkeyError("USAGE", "--limit takes a whole number from 1 on.");
    await using open = await openHandle(context);
    const records = await open.runs.list(limit);
    context.printJson(records.map((record) => ({ runId: record.runId, target: record.target, status: record.status, startedAt: record.startedAt, ...endedOf(record) })));
    if (records.length === 0) context.print("There are no runs yet. Start one with: latchkey run API");
    else {
      const rows = records.map((record) => {
        const ended = endedOf(record);
        return [record.runId.slice(-12), record.target, record.status, record.startedAt, ended === undefined ? "" : formatMs(ended.durationMs), ended?.errorCode ?? ""];
      });
      context.print(formatTable(["id", "target", "status", "started", "took", "error"], rows));
    }
    return 0;
  },
};

const showCommand: AnyCommand = {
  usage: "show <id>",
  summary: "Show a run: its phases, error, files, and where its trace is",
  positionals: { id },
  examples: [
    ["latchkey runs show last", "the latest run"],
    ["latchkey runs show 9f86d081884c --json", "by the end of its id"],
  ],
  async run(given, context) {
    await using open = await openHandle(context);
    const record = await find(open, textOf(given, "id") ?? "");
    const folder = open.runs.folder(record.runId);
    context.printJson({ ...record, folder });
    const lines = [`run       ${record.runId}`, `target    ${record.target}`, `status    ${record.status}`, `started   ${record.startedAt}`, `folder    ${folder}`];
    for (const { number, durationMs, phases, error, failure, trace, proxy, ladder } of record.outcome?.attempts ?? []) {
      lines.push("", `attempt ${number}  ${formatMs(durationMs)}`, ...phases.map((phase) => `  ${phase.name.padEnd(9)} ${formatMs(phase.durationMs)}`));
      if (proxy !== null) lines.push(`  network   ${proxy.sentBytes} bytes sent, ${proxy.receivedBytes} received`);
      if (error !== undefined) lines.push(`  error     ${error.code}: ${error.message}`, `            → ${error.hint}`);
      if (failure !== undefined) lines.push(`  page      ${failure.title === "" ? "" : `"${failure.title}" `}${failure.url}`);
      if (failure?.screenshot != null) lines.push(`  picture   ${folder}/${failure.screenshot}`);
      if (trace !== undefined) lines.push(`  trace     ${folder}/${trace}`);
      if (ladder.length > 0) lines.push(`  ended by  ${ladder.join(", ")}`);
    }
    for (const file of record.outcome?.files ?? []) lines.push(`file      ${folder}/${file}`);
    context.print(lines.join("\n"));
    return 0;
  },
};

const logsCommand: AnyCommand = {
  usage: "logs <id>",
  summary: "Print what a run logged",
  positionals: { id },
  examples: [
    ["latchkey runs logs last", "for people"],
    ["latchkey runs logs last --json", "all events"],
  ],
  async run(given, context) {
    await using open = await openHandle(context);
    const record = await find(open, textOf(given, "id") ?? "");
    const events = await open.runs.events(record.runId);
    context.printJson(events);
    const colors = colorsFor(context);
    for (const event of events) if (event.type === "log") context.print(`${event.at} ${formatLog(event, colors)}`);
    return 0;
  },
};

const cancelCommand: AnyCommand = {
  usage: "cancel <id>",
  summary: "Cancel a run of a server that waits or goes on",
  positionals: { id },
  examples: [
    ["latchkey runs cancel 0198c1f2-…", "by its id"],
    ["latchkey runs cancel last --json", "the latest run"],
  ],
  async run(given, context) {
    const client = await clientOfServer(context, "A local run ends with Ctrl-C in the terminal it was started from.");
    const record = await findOnServer(context, textOf(given, "id") ?? "");
    const answer = await client.request("POST", `runs/${record.runId}/cancel`);
    context.printJson(answer);
    context.print(`The run ${record.runId} is being canceled.`);
    return 0;
  },
};

const retryCommand: AnyCommand = {
  usage: "retry <id>",
  summary: "Start an ended run of a server again, as a new run",
  positionals: { id },
  examples: [
    ["latchkey runs retry 0198c1f2-…", "with the same parameters"],
    ["latchkey runs retry last --json", "the latest run"],
  ],
  async run(given, context) {
    const client = await clientOfServer(context, "Start a local run again with: latchkey run");
    const record = await findOnServer(context, textOf(given, "id") ?? "");
    const answer = await client.request("POST", `runs/${record.runId}/retry`);
    context.printJson(answer);
    context.print(`It is started again as ${isJsonObject(answer) ? text(answer["runId"]) : ""}.`);
    return 0;
  },
};

async function clientOfServer(context: CliContext, hint: string): Promise<HttpClient> {
  if (!isRemote(context)) throw new LatchkeyError("USAGE", "That is for runs of a server.", { hint: `Add --server URL, or set LATCHKEY_SERVER. ${hint}` });
  return clientFromCli(context);
}

async function findOnServer(context: CliContext, wanted: string): Promise<RunRecord> {
  await using open = await openHandle(context);
  return find(open, wanted);
}

/** `latchkey runs` */
export const runsCommand: AnyCommand = {
  usage: "runs",
  summary: "Look at runs of this machine, or of a server",
  examples: [
    ["latchkey runs list", "the latest runs"],
    ["latchkey runs show last", "one of them"],
  ],
  subcommands: [listCommand, showCommand, logsCommand, cancelCommand, retryCommand],
  run: () => Promise.resolve(0),
};
