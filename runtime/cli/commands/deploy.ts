import { resolve } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";
import type { JsonObject } from "../../model/json.ts";
import type { CliContext } from "../cli-context.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { clientFromCli } from "../remote/client-from-cli.ts";
import { listOf, text } from "../remote/read-answers.ts";
import { upload } from "../upload.ts";

const KIB = 1_024;

/** `latchkey deploy` */
export const deployCommand: AnyCommand = {
  usage: "deploy",
  summary: "Bundle the project, upload it to a server, and make it the live deployment",
  options: {
    activate: { type: "boolean", default: true, describe: "Make it live; --no-activate only uploads it" },
    plan: { type: "boolean", default: false, describe: "Upload it and show what its declared jobs and queues would change, nothing more" },
    yes: { type: "boolean", default: false, describe: "Delete declared jobs and queues whose files are gone, without asking" },
  },
  examples: [
    ["latchkey deploy --server http://127.0.0.1:4400", "build, upload, verify, activate"],
    ["latchkey deploy --no-activate", "upload only; activate it with: latchkey deployments activate ID"],
  ],
  async run(given, context) {
    const client = await clientFromCli(context);
    const { findProjectDir } = await import("../../compose.ts");
    const { packProject } = await import("../../compose-deploy.ts");
    const dir = context.project === undefined ? findProjectDir(context.cwd) : resolve(context.cwd, context.project);
    if (dir === null) throw new LatchkeyError("PROJECT_NOT_FOUND", `${context.cwd} is not in a project.`);
    context.tell("bundling the project");
    const packed = await packProject({ dir, env: context.env, warn: (message) => context.tell(`warning: ${message}`) });
    context.tell(`uploading ${packed.manifest.targets.length} bundles, ${Math.ceil(packed.archive.length / KIB)} KiB, to ${client.server}`);
    const uploaded = await upload(client, { ...packed, activate: false });
    const id = text(uploaded["id"]);
    const changes = listOf(await client.request("GET", `deployments/${id}/plan`), "changes");
    showPlan(changes, context);
    const isPlan = given["plan"] === true;
    const activate = given["activate"] !== false && !isPlan;
    const allowDelete = activate && (given["yes"] === true || (await confirmDeletions(changes, context)));
    if (activate) await client.request("POST", `deployments/${id}/activate`, { applyResources: true, allowDelete });
    const answer: JsonObject = { ...uploaded, active: activate, changes: [...changes] };
    context.printJson(answer);
    if (isPlan) context.print(`Uploaded ${id}; nothing was changed. Make it live with: latchkey deploy`);
    else context.print(`${answer["isNew"] === true ? "Deployed" : "Nothing has changed since deployment"} ${text(answer["id"])} of "${text(answer["project"])}"${answer["active"] === true ? ", and it is live." : `. Make it live with: latchkey deployments activate ${text(answer["id"])}`}`);
    return 0;
  },
};

const SIGNS: Readonly<Record<string, string>> = { create: "+", update: "~", delete: "-" };

/** The plan comes before anything is changed. */
function showPlan(changes: readonly JsonObject[], context: CliContext): void {
  const changed = changes.filter(({ action }) => action !== "unchanged");
  if (changes.length === 0) return;
  context.tell(changed.length === 0 ? "declared jobs and queues are as they were" : "declared jobs and queues:");
  for (const { kind, id, action, file } of changed) context.tell(`  ${SIGNS[text(action)] ?? " "} ${text(kind)} ${text(id)}: ${text(action)}${typeof file === "string" ? ` (${file})` : ", its file is gone"}`);
}

async function confirmDeletions(changes: readonly JsonObject[], context: CliContext): Promise<boolean> {
  const deleted = changes.filter(({ action }) => action === "delete");
  if (deleted.length === 0) return false;
  if (context.stdin.isTTY === true && context.stderr.isTTY === true) {
    const { confirm } = await import("@inquirer/prompts");
    if (await confirm({ message: `Delete ${deleted.length} declared ${deleted.length === 1 ? "job or queue" : "jobs and queues"}?`, default: false }, { input: context.stdin, output: context.stderr as NodeJS.WritableStream })) return true;
  }
  throw new LatchkeyError("CONFIRMATION_NEEDED", `The deployment would delete ${deleted.map(({ kind, id }) => `the ${text(kind)} "${text(id)}"`).join(", ")}. It was uploaded, and nothing was changed.`);
}

const listCommand: AnyCommand = {
  usage: "list",
  summary: "List the deployments of the project, newest first",
  examples: [
    ["latchkey deployments list", "a table"],
    ["latchkey deployments list --json", "for programs"],
  ],
  async run(_given, context) {
    const client = await clientFromCli(context);
    const deployments = listOf(await client.request("GET", "deployments"), "deployments");
    context.printJson(deployments);
    if (deployments.length === 0) context.print("There are no deployments yet. Make one with: latchkey deploy");
    else context.print(formatTable(["id", "live", "created", "by", "activated", "content"], deployments.map(({ id, live, createdAt, createdBy, activatedAt, contentHash }) => [text(id), live === true ? "live" : "", text(createdAt), text(createdBy), activatedAt === null ? "never" : text(activatedAt), text(contentHash).slice(0, 12)])));
    return 0;
  },
};

const activateCommand: AnyCommand = {
  usage: "activate <id>",
  summary: "Make a deployment the live one; runs that go on end on the one they began with",
  positionals: { id: { type: "string", demandOption: true, describe: "Id of the deployment" } },
  examples: [
    ["latchkey deployments activate 0198c1f2-…", "by its id"],
    ["latchkey deployments activate 0198c1f2-… --json", "for programs"],
  ],
  async run(given, context) {
    const client = await clientFromCli(context);
    const id = textOf(given, "id") ?? "";
    context.printJson(await client.request("POST", `deployments/${encodeURIComponent(id)}/activate`));
    context.print(`The deployment ${id} is live.`);
    return 0;
  },
};

const rollbackCommand: AnyCommand = {
  usage: "rollback",
  summary: "Go back to the deployment that was live before this one",
  examples: [
    ["latchkey deployments rollback", "to the one before"],
    ["latchkey deployments rollback --json", "for programs"],
  ],
  async run(_given, context) {
    const client = await clientFromCli(context);
    const deployments = listOf(await client.request("GET", "deployments"), "deployments");
    const before = deployments.filter(({ live, activatedAt }) => live !== true && typeof activatedAt === "string").sort((a, b) => (text(a["activatedAt"]) < text(b["activatedAt"]) ? 1 : -1))[0];
    if (before === undefined) throw new LatchkeyError("DEPLOYMENT_NOT_FOUND", "No other deployment was live before.");
    const id = text(before["id"]);
    context.printJson(await client.request("POST", `deployments/${id}/activate`));
    context.print(`The deployment ${id} of ${text(before["createdAt"])} is live again.`);
    return 0;
  },
};

/** `latchkey deployments` */
export const deploymentsCommand: AnyCommand = {
  usage: "deployments",
  summary: "List deployments of a server, activate one, roll back",
  examples: [
    ["latchkey deployments list", "all of them"],
    ["latchkey deployments rollback", "back to the one before"],
  ],
  subcommands: [listCommand, activateCommand, rollbackCommand],
  run: () => Promise.resolve(0),
};
