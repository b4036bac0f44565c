import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { readParameters } from "../read-parameters.ts";
import { clientFromCli } from "../remote/client-from-cli.ts";
import { listOf, text } from "../remote/read-answers.ts";
import { simpleCommand } from "../simple-command.ts";

const id = { type: "string", demandOption: true, describe: "Id of the job" } as const;
const jobRunId = { type: "string", demandOption: true, describe: "Id of the job run" } as const;
const definition = { type: "string", demandOption: true, describe: "The definition: @file.json, a path that ends in .json, - for standard input, or inline JSON" } as const;
const pathOf = (given: Readonly<Record<string, unknown>>, rest = ""): string => `jobs/${encodeURIComponent(textOf(given, "id") ?? "")}${rest}`;
const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});
const shown = (value: JsonValue | undefined): string => (value == null ? "" : text(value));
const count = (value: JsonValue | undefined): string => (typeof value === "number" ? String(value) : "");

const listCommand = simpleCommand({
  usage: "list",
  summary: "List the jobs of the project",
  examples: [["latchkey jobs list", "state, and when each fires next"], ["latchkey jobs list --json", "for programs"]],
  request: () => ["GET", "jobs"],
  print: (answer) => {
    const jobs = Array.isArray(answer) ? answer.filter(isJsonObject) : [];
    if (jobs.length === 0) return "There are no jobs yet. Declare one in latchkey/jobs/NAME.jsonc and deploy, or: latchkey jobs create NAME @job.json";
    return formatTable(["id", "state", "payloads", "next firing", "last job run", "declared"], jobs.map((job) => [text(job["id"]), text(job["state"]).toLowerCase(), count(Array.isArray(job["payload"]) ? job["payload"].length : 0), shown(job["next_run_time"]), shown(job["last_run_time"]), job["origin"] === "deployment" ? "in the project" : ""]));
  },
});

const showCommand = simpleCommand({
  usage: "show <id>",
  summary: "Show a job; its secrets are masked",
  positionals: { id },
  examples: [["latchkey jobs show nightly", "its whole definition"], ["latchkey jobs show nightly --json > job.json", "to change and give back to: latchkey jobs update"]],
  request: (given) => ["GET", pathOf(given)],
  print: (answer) => JSON.stringify(answer, null, 2),
});

const createCommand: AnyCommand = {
  usage: "create <id> <definition>",
  summary: "Create a job",
  positionals: { id, definition },
  examples: [
    ["latchkey jobs create nightly @nightly.json", "docs/jobs.md shows a whole definition"],
    [`latchkey jobs create nightly '{"payload":[{"apiName":"packages/list","parameters":{}}],"configuration":{}}'`, "inline"],
  ],
  async run(given, context) {
    const body = await readParameters(textOf(given, "definition"), context);
    const answer = await (await clientFromCli(context)).request("POST", "jobs", { ...body, id: textOf(given, "id") ?? "" });
    context.printJson(answer);
    context.print(`The job "${textOf(given, "id") ?? ""}" is created. Start it now with: latchkey jobs trigger ${textOf(given, "id") ?? ""}`);
    return 0;
  },
};

/** What a job is shown with, and is no part of its definition. */
const NOT_DEFINITION = new Set(["id", "created_at", "next_run_time", "last_run_time", "state", "projectId", "reason", "origin"]);

const updateCommand: AnyCommand = {
  usage: "update <id> <definition>",
  summary: "Replace a job's definition; what is masked in it keeps its secret",
  positionals: { id, definition },
  examples: [
    ["latchkey jobs update nightly @nightly.json", "the whole definition"],
    ["latchkey jobs show nightly --json | jq '.schedule=null' | latchkey jobs update nightly -", "change one key"],
  ],
  async run(given, context) {
    const body = Object.fromEntries(Object.entries(await readParameters(textOf(given, "definition"), context)).filter(([key]) => !NOT_DEFINITION.has(key)));
    context.printJson(await (await clientFromCli(context)).request("PUT", pathOf(given), body));
    context.print(`The job "${textOf(given, "id") ?? ""}" is changed; a job run that goes on keeps the old definition.`);
    return 0;
  },
};

const deleteCommand = simpleCommand({
  usage: "delete <id>",
  summary: "Delete a job; its job run is terminated",
  positionals: { id },
  examples: [["latchkey jobs delete nightly", "its runs stay in the list of runs"], ["latchkey jobs delete nightly --json", "for programs"]],
  request: (given) => ["DELETE", pathOf(given)],
  print: (_answer, given) => `The job "${textOf(given, "id") ?? ""}" is deleted.`,
});

const pauseCommand = simpleCommand({
  usage: "pause <id>",
  summary: "Make no job runs; the one that goes on takes no more payloads",
  positionals: { id },
  examples: [["latchkey jobs pause nightly", "runs that go on are finished"], ["latchkey jobs pause nightly --json", "for programs"]],
  request: (given) => ["POST", pathOf(given, "/pause")],
  print: (_answer, given) => `The job "${textOf(given, "id") ?? ""}" is paused. Go on with: latchkey jobs resume ${textOf(given, "id") ?? ""}`,
});

const resumeCommand = simpleCommand({
  usage: "resume <id>",
  summary: "Go on with a paused job",
  positionals: { id },
  examples: [["latchkey jobs resume nightly", "its job run goes on where it stopped"], ["latchkey jobs resume nightly --json", "for programs"]],
  request: (given) => ["POST", pathOf(given, "/resume")],
  print: (_answer, given) => `The job "${textOf(given, "id") ?? ""}" goes on.`,
});

const triggerCommand: AnyCommand = {
  usage: "trigger <id>",
  summary: "Start a job run now",
  positionals: { id },
  examples: [
    ["latchkey jobs trigger nightly", "beside its schedule"],
    ["latchkey jobs trigger nightly --json", "for programs"],
  ],
  async run(given, context) {
    const job = textOf(given, "id") ?? "";
    const answer = object(await (await clientFromCli(context)).request("POST", pathOf(given, "/trigger")));
    const message = text(answer["message"]);
    context.printJson(answer);
    context.print(message === "Triggered" ? `The job run ${text(answer["jobRunId"])} is started. Look at it with: latchkey jobs run ${job} ${text(answer["jobRunId"])}` : message);
    return message === "Triggered" ? 0 : 2;
  },
};

const runsCommand: AnyCommand = {
  usage: "runs <id>",
  summary: "List the job runs of a job, newest first",
  positionals: { id },
  options: { limit: { type: "number", default: 20, requiresArg: true, describe: "How many" } },
  examples: [
    ["latchkey jobs runs nightly", "with counts"],
    ["latchkey jobs runs nightly --limit 100 --json", "for programs"],
  ],
  async run(given, context) {
    const limit = given["limit"];
    if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > 200) throw new LatchkeyError("USAGE", "--limit takes a whole number from 1 to 200.");
    const answer = await (await clientFromCli(context)).request("GET", pathOf(given, `/runs?pageSize=${limit}`));
    const runs = listOf(answer, "jobRuns");
    context.printJson(answer);
    if (runs.length === 0) context.print(`There are no job runs yet. Start one with: latchkey jobs trigger ${textOf(given, "id") ?? ""}`);
    else context.print(formatTable(["id", "status", "type", "payloads", "good", "bad", "started", "reason"], runs.map((run) => [text(run["id"]), statusOf(run), text(run["type"]).toLowerCase(), count(run["payloads"]), count(run["successful_runs"]), count(run["failed_runs"]), text(run["start_time"]), shown(object(run["reason"])["message"])])));
    return 0;
  },
};

/** The contract calls a job run that goes on PENDING. */
function statusOf({ status }: JsonObject): string {
  return status === "PENDING" ? "running" : text(status).toLowerCase();
}

const runCommand = simpleCommand({
  usage: "run <id> <jobRunId>",
  summary: "Show a job run: its counts, and a link to its results",
  positionals: { id, jobRunId },
  examples: [["latchkey jobs run nightly 0198c1f2-…", "the link holds for an hour"], ["latchkey jobs run nightly 0198c1f2-… --json", "for programs"]],
  request: (given) => ["GET", pathOf(given, `/runs/${encodeURIComponent(textOf(given, "jobRunId") ?? "")}`)],
  print: (answer) => {
    const run = object(object(answer)["jobRun"]);
    const reason = object(run["reason"])["message"];
    const url = object(object(answer)["results"])["signed_url"];
    return [
      `job run   ${text(run["id"])}`,
      `status    ${statusOf(run)}${reason === undefined ? "" : `: ${text(reason)}`}`,
      `started   ${text(run["start_time"])}`,
      ...(run["end_time"] == null ? [] : [`ended     ${text(run["end_time"])}`]),
      `payloads  ${count(run["payloads"])}: ${count(run["successful_runs"])} good, ${count(run["failed_runs"])} bad, ${count(run["canceled_runs"])} canceled`,
      ...(url === undefined ? [] : [`results   ${text(url)}`]),
    ].join("\n");
  },
});

const terminateCommand = simpleCommand({
  usage: "terminate <id> <jobRunId>",
  summary: "End a job run; its runs are canceled",
  positionals: { id, jobRunId },
  examples: [["latchkey jobs terminate nightly 0198c1f2-…", "at once"], ["latchkey jobs terminate nightly 0198c1f2-… --json", "for programs"]],
  request: (given) => ["POST", pathOf(given, `/runs/${encodeURIComponent(textOf(given, "jobRunId") ?? "")}/terminate`)],
  print: (answer) => `${text(object(answer)["message"])}.`,
});

/** `latchkey jobs` */
export const jobsCommand: AnyCommand = {
  usage: "jobs",
  summary: "Jobs of a server: payloads with a schedule",
  examples: [
    ["latchkey jobs list", "all of them"],
    ["latchkey jobs trigger nightly", "start one now"],
  ],
  subcommands: [listCommand, showCommand, createCommand, updateCommand, deleteCommand, pauseCommand, resumeCommand, triggerCommand, runsCommand, runCommand, terminateCommand],
  run: () => Promise.resolve(0),
};
