import { isJsonObject } from "../../model/json.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { listOf, text } from "../remote/read-answers.ts";
import { simpleCommand } from "../simple-command.ts";

const id = { type: "string", demandOption: true, describe: "Id of the delivery" } as const;

const listCommand = simpleCommand({
  usage: "list",
  summary: "List the latest deliveries to sinks",
  options: { failed: { type: "boolean", default: false, describe: "Only those that were given up after 24 hours" } },
  examples: [["latchkey deliveries list", "where each went, and what came of it"], ["latchkey deliveries list --failed --json", "for programs"]],
  request: (given) => ["GET", `deliveries?limit=100${given["failed"] === true ? "&status=failed" : ""}`],
  print: (answer) => {
    const deliveries = listOf(answer, "deliveries");
    if (deliveries.length === 0) return "There are none. A run, a job or a queue with a sink makes them.";
    return formatTable(["id", "status", "tries", "to", "what", "created", "last error"], deliveries.map((one) => [text(one["id"]), text(one["status"]), String(one["attempts"] as number), text(one["target"]), text(one["kind"]), text(one["createdAt"]), typeof one["lastError"] === "string" ? one["lastError"] : ""]));
  },
});

const showCommand = simpleCommand({
  usage: "show <id>",
  summary: "Show a delivery with its body",
  positionals: { id },
  examples: [["latchkey deliveries show 0198c1f2-…", "what the sink gets"], ["latchkey deliveries show 0198c1f2-… --json", "for programs"]],
  request: (given) => ["GET", `deliveries/${encodeURIComponent(textOf(given, "id") ?? "")}`],
  print: (answer) => JSON.stringify(answer, null, 2),
});

const replayCommand = simpleCommand({
  usage: "replay <id>",
  summary: "Deliver again what was delivered or given up, under the same id",
  positionals: { id },
  examples: [["latchkey deliveries replay 0198c1f2-…", "it is tried for another 24 hours"], ["latchkey deliveries replay 0198c1f2-… --json", "for programs"]],
  request: (given) => ["POST", `deliveries/${encodeURIComponent(textOf(given, "id") ?? "")}/replay`],
  print: () => "It is on its way again.",
});

const secretCommand = simpleCommand({
  usage: "secret",
  summary: "Reveal what webhooks of the project are signed with (Standard Webhooks)",
  examples: [["latchkey deliveries secret", "give it to whoever receives; the audit log notes it"], ["latchkey deliveries secret --json", "for programs"]],
  request: () => ["GET", "signing-secret"],
  print: (answer) => (isJsonObject(answer) ? text(answer["secret"]) : ""),
});

const rotateCommand = simpleCommand({
  usage: "rotate-secret",
  summary: "Make a new signing secret; for a day webhooks carry signatures of both",
  examples: [["latchkey deliveries rotate-secret", "then give receivers the new one"], ["latchkey deliveries rotate-secret --json", "for programs"]],
  request: () => ["POST", "signing-secret/rotate"],
  print: (answer) => (isJsonObject(answer) ? text(answer["secret"]) : ""),
});

/** `latchkey deliveries` */
export const deliveriesCommand: AnyCommand = {
  usage: "deliveries",
  summary: "Results on their way to sinks, and what webhooks are signed with",
  examples: [
    ["latchkey deliveries list --failed", "what was given up"],
    ["latchkey deliveries secret", "for verifying signatures"],
  ],
  subcommands: [listCommand, showCommand, replayCommand, secretCommand, rotateCommand],
  run: () => Promise.resolve(0),
};
