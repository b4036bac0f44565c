import { join } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";
import type { OpenProject } from "../../model/open-project.ts";
import type { RunRecord } from "../../model/run.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { openFromCli } from "../open-from-cli.ts";
import { colorsFor } from "../report-error.ts";
import { formatLog, formatMs } from "../show-progress.ts";

const DEFAULT_LIMIT = 20;
const id = { type: "string", demandOption: true, describe: "Id of the run, a part of it, or last" } as const;

async function find(open: OpenProject, wanted: string): Promise<RunRecord> {
  const record = await open.runs.find(wanted);
  if (record === null) throw new LatchkeyError("RUN_NOT_FOUND", `There is no run "${wanted}".`);
  return record;
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
    await using open = await openFromCli(context);
    const records = await open.runs.list(limit);
    context.printJson(records.map(({ runId, target, status, startedAt, outcome }) => ({ runId, target, status, startedAt, ...(outcome !== undefined && { durationMs: outcome.durationMs, attempts: outcome.attempts.length, ...(outcome.error !== undefined && { errorCode: outcome.error.code }) }) })));
    if (records.length === 0) context.print("There are no runs yet. Start one with: latchkey run API");
    else context.print(formatTable(["id", "target", "status", "started", "took", "error"], records.map(({ runId, target, status, startedAt, outcome }) => [runId.slice(-12), target, status, startedAt, outcome === undefined ? "" : formatMs(outcome.durationMs), outcome?.error?.code ?? ""])));
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
    await using open = await openFromCli(context);
    const record = await find(open, textOf(given, "id") ?? "");
    const folder = open.runs.folder(record.runId);
    context.printJson({ ...record, folder });
    const lines = [`run       ${record.runId}`, `target    ${record.target}`, `status    ${record.status}`, `started   ${record.startedAt}`, `folder    ${folder}`];
    for (const { number, durationMs, phases, error, failure, trace, proxy, ladder } of record.outcome?.attempts ?? []) {
      lines.push("", `attempt ${number}  ${formatMs(durationMs)}`, ...phases.map((phase) => `  ${phase.name.padEnd(9)} ${formatMs(phase.durationMs)}`));
      if (proxy !== null) lines.push(`  network   ${proxy.sentBytes} bytes sent, ${proxy.receivedBytes} received`);
      if (error !== undefined) lines.push(`  error     ${error.code}: ${error.message}`, `            → ${error.hint}`);
      if (failure !== undefined) lines.push(`  page      ${failure.title === "" ? "" : `"${failure.title}" `}${failure.url}`);
      if (failure?.screenshot != null) lines.push(`  picture   ${join(folder, failure.screenshot)}`);
      if (trace !== undefined) lines.push(`  trace     ${join(folder, trace)}`);
      if (ladder.length > 0) lines.push(`  ended by  ${ladder.join(", ")}`);
    }
    for (const file of record.outcome?.files ?? []) lines.push(`file      ${join(folder, file)}`);
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
    await using open = await openFromCli(context);
    const record = await find(open, textOf(given, "id") ?? "");
    const events = await open.runs.events(record.runId);
    context.printJson(events);
    const colors = colorsFor(context);
    for (const event of events) if (event.type === "log") context.print(`${event.at} ${formatLog(event, colors)}`);
    return 0;
  },
};

/** `latchkey runs` */
export const runsCommand: AnyCommand = {
  usage: "runs",
  summary: "Look at runs of this machine",
  examples: [
    ["latchkey runs list", "the latest runs"],
    ["latchkey runs show last", "one of them"],
  ],
  subcommands: [listCommand, showCommand, logsCommand],
  run: () => Promise.resolve(0),
};
