import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject, type JsonValue } from "../../model/json.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { readParameters, readTextFile } from "../read-parameters.ts";
import { clientFromCli } from "../remote/client-from-cli.ts";
import { listOf, text } from "../remote/read-answers.ts";
import { simpleCommand } from "../simple-command.ts";

const id = { type: "string", demandOption: true, describe: "Id of the queue" } as const;
const runId = { type: "string", demandOption: true, describe: "Run id of the item" } as const;
const definition = { type: "string", demandOption: true, describe: "The definition: @file.json, a path that ends in .json, - for standard input, or inline JSON" } as const;
const nameOf = (given: Readonly<Record<string, unknown>>): string => textOf(given, "id") ?? "";
const pathOf = (given: Readonly<Record<string, unknown>>, rest = ""): string => `queues/${encodeURIComponent(nameOf(given))}${rest}`;
const count = (value: JsonValue | undefined): string => (typeof value === "number" ? String(value) : "");

const listCommand = simpleCommand({
  usage: "list",
  summary: "List the queues of the project",
  examples: [["latchkey queues list", "with how many items wait"], ["latchkey queues list --json", "for programs"]],
  request: () => ["GET", "queues"],
  print: (answer) => {
    const queues = Array.isArray(answer) ? answer.filter(isJsonObject) : [];
    if (queues.length === 0) return "There are no queues yet. Declare one in latchkey/queues/NAME.jsonc and deploy, or: latchkey queues create NAME @queue.json";
    return formatTable(["id", "state", "waiting", "running", "next release", "declared"], queues.map((queue) => [text(queue["id"]), text(queue["state"]).toLowerCase(), count(queue["waiting"]), count(queue["running"]), typeof queue["nextReleaseAt"] === "string" ? queue["nextReleaseAt"] : "", queue["origin"] === "deployment" ? "in the project" : ""]));
  },
});

const showCommand = simpleCommand({
  usage: "show <id>",
  summary: "Show a queue; its secrets are masked",
  positionals: { id },
  examples: [["latchkey queues show mail", "its whole definition"], ["latchkey queues show mail --json > queue.json", "to change and give back to: latchkey queues update"]],
  request: (given) => ["GET", pathOf(given)],
  print: (answer) => JSON.stringify(answer, null, 2),
});

const createCommand: AnyCommand = {
  usage: "create <id> <definition>",
  summary: "Create a queue",
  positionals: { id, definition },
  examples: [
    ["latchkey queues create mail @queue.json", "docs/jobs.md shows a whole definition"],
    [`latchkey queues create mail '{"configuration":{"rateLimits":[{"limit":10,"duration":"1m"}]}}'`, "ten a minute, one after the other"],
  ],
  async run(given, context) {
    const body = await readParameters(textOf(given, "definition"), context);
    context.printJson(await (await clientFromCli(context)).request("POST", "queues", { configuration: null, ...body, id: nameOf(given) }));
    context.print(`The queue "${nameOf(given)}" is created. Append an item with: latchkey queues append ${nameOf(given)} API PARAMS`);
    return 0;
  },
};

/** What a queue is shown with, and is no part of its definition. */
const NOT_DEFINITION = new Set(["id", "createdAt", "state", "reason", "origin", "waiting", "running", "nextReleaseAt"]);

const updateCommand: AnyCommand = {
  usage: "update <id> <definition>",
  summary: "Replace a queue's definition; what is masked in it keeps its secret",
  positionals: { id, definition },
  examples: [
    ["latchkey queues update mail @queue.json", "the whole definition"],
    ["latchkey queues show mail --json | jq '.sink=null' | latchkey queues update mail -", "change one key"],
  ],
  async run(given, context) {
    const body = Object.fromEntries(Object.entries(await readParameters(textOf(given, "definition"), context)).filter(([key]) => !NOT_DEFINITION.has(key)));
    context.printJson(await (await clientFromCli(context)).request("PUT", pathOf(given), { configuration: null, ...body }));
    context.print(`The queue "${nameOf(given)}" is changed; items that wait keep the sink, login and attempts they came with.`);
    return 0;
  },
};

const deleteCommand = simpleCommand({
  usage: "delete <id>",
  summary: "Delete a queue; its items are canceled",
  positionals: { id },
  examples: [["latchkey queues delete mail", "what ran stays in the list of runs"], ["latchkey queues delete mail --json", "for programs"]],
  request: (given) => ["DELETE", pathOf(given)],
  print: (_answer, given) => `The queue "${nameOf(given)}" is deleted.`,
});

const pauseCommand = simpleCommand({
  usage: "pause <id>",
  summary: "Release no more items; those that go on are finished",
  positionals: { id },
  examples: [["latchkey queues pause mail", "items can still be appended"], ["latchkey queues pause mail --json", "for programs"]],
  request: (given) => ["POST", pathOf(given, "/pause")],
  print: (_answer, given) => `The queue "${nameOf(given)}" is paused. Go on with: latchkey queues resume ${nameOf(given)}`,
});

const resumeCommand = simpleCommand({
  usage: "resume <id>",
  summary: "Go on with a paused queue",
  positionals: { id },
  examples: [["latchkey queues resume mail", "where it stopped"], ["latchkey queues resume mail --json", "for programs"]],
  request: (given) => ["POST", pathOf(given, "/resume")],
  print: (_answer, given) => `The queue "${nameOf(given)}" goes on.`,
});

const appendCommand: AnyCommand = {
  usage: "append <id> [api] [params]",
  summary: "Append an item, or with --file a list of items: all or none",
  positionals: { id, api: { type: "string", describe: "Name of the API" }, params: { type: "string", describe: "Parameters: inline JSON, @file, a path that ends in .json, or - for standard input" } },
  options: {
    "item-id": { type: "string", requiresArg: true, describe: "The same id is appended once" },
    priority: { type: "number", default: 0, requiresArg: true, describe: "Higher ones first" },
    file: { type: "string", requiresArg: true, describe: "A JSON list of items, or one item a line" },
  },
  examples: [
    [`latchkey queues append mail messages/send '{"to":"sam@example.com"}'`, "one item"],
    ["latchkey queues append mail --file items.jsonl", "many, in the order of the file"],
  ],
  async run(given, context) {
    const [api, file] = [textOf(given, "api"), textOf(given, "file")];
    if ((api === undefined) === (file === undefined)) throw new LatchkeyError("USAGE", "Name an API for one item, or give --file for many.");
    const itemId = textOf(given, "item-id");
    const body: JsonValue = file === undefined ? { apiName: api ?? "", parameters: await readParameters(textOf(given, "params"), context), ...(itemId !== undefined && { id: itemId }), priority: Number(given["priority"]) } : readItems(await readTextFile(file, context.cwd), file);
    const answer = await (await clientFromCli(context)).request("POST", pathOf(given, "/items"), body);
    context.printJson(answer);
    context.print(Array.isArray(answer) ? `${answer.length} items are in the queue.` : `The item is in the queue as run ${isJsonObject(answer) ? text(answer["runId"]) : ""}.`);
    return 0;
  },
};

function readItems(content: string, file: string): JsonValue {
  try {
    if (content.trimStart().startsWith("[")) return JSON.parse(content) as JsonValue;
    return content.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as JsonValue);
  } catch (cause) {
    throw new LatchkeyError("INVALID_JSON", `${file} is neither a JSON list nor lines of JSON.`, { cause });
  }
}

const itemsCommand: AnyCommand = {
  usage: "items <id>",
  summary: "List the items of a queue, newest first",
  positionals: { id },
  options: { limit: { type: "number", default: 20, requiresArg: true, describe: "How many" } },
  examples: [
    ["latchkey queues items mail", "those that wait and those that ran"],
    ["latchkey queues items mail --limit 100 --json", "for programs"],
  ],
  async run(given, context) {
    const limit = given["limit"];
    if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > 200) throw new LatchkeyError("USAGE", "--limit takes a whole number from 1 to 200.");
    const answer = await (await clientFromCli(context)).request("GET", pathOf(given, `/items?limit=${limit}`));
    const items = listOf(answer, "items");
    context.printJson(answer);
    context.print(items.length === 0 ? `There are no items yet. Append one with: latchkey queues append ${nameOf(given)} API PARAMS` : formatTable(["run id", "status", "api", "priority", "appended", "error"], items.map((item) => [text(item["runId"]), text(item["status"]), text(item["apiName"]), count(item["priority"]), text(item["createdAt"]), typeof item["errorCode"] === "string" ? item["errorCode"] : ""])));
    return 0;
  },
};

const cancelCommand = simpleCommand({
  usage: "cancel <id> <runId>",
  summary: "Cancel an item",
  positionals: { id, runId },
  examples: [["latchkey queues cancel mail 0198c1f2-…", "whether it waits or goes on"], ["latchkey queues cancel mail 0198c1f2-… --json", "for programs"]],
  request: (given) => ["DELETE", pathOf(given, `/items/${encodeURIComponent(textOf(given, "runId") ?? "")}`)],
  print: () => "The item is canceled.",
});

const prioritiseCommand = simpleCommand({
  usage: "prioritise <id> <runId> <priority>",
  summary: "Give an item that waits another priority",
  positionals: { id, runId, priority: { type: "number", demandOption: true, describe: "Higher ones first" } },
  examples: [["latchkey queues prioritise mail 0198c1f2-… 10", "before all of priority 0"], ["latchkey queues prioritise mail 0198c1f2-… 10 --json", "for programs"]],
  request: (given) => ["PATCH", pathOf(given, `/items/${encodeURIComponent(textOf(given, "runId") ?? "")}`), { priority: Number(given["priority"]) }],
  print: (_answer, given) => `The item has the priority ${String(given["priority"])}.`,
});

/** `latchkey queues` */
export const queuesCommand: AnyCommand = {
  usage: "queues",
  summary: "Queues of a server: ordered, rate-limited items",
  examples: [
    ["latchkey queues list", "all of them"],
    ["latchkey queues append mail messages/send @message.json", "append an item"],
  ],
  subcommands: [listCommand, showCommand, createCommand, updateCommand, deleteCommand, pauseCommand, resumeCommand, appendCommand, itemsCommand, cancelCommand, prioritiseCommand],
  run: () => Promise.resolve(0),
};
