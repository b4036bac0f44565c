import { parseDurationMs } from "../../config/parse-duration.ts";
import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { SCOPES, type KeySummary, type Scope } from "../../model/principal.ts";
import type { CliContext } from "../cli-context.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { clientFromCli, isRemote } from "../remote/client-from-cli.ts";
import { listOf } from "../remote/read-answers.ts";

/** Keys of a server, or of the database of this machine's own runtime: whoever may read that needs no key. */
interface Keys {
  create(options: { readonly name: string; readonly scope: Scope; readonly project: string | null; readonly expiresAt: string | null }): Promise<{ readonly key: string; readonly summary: KeySummary }>;
  list(): Promise<readonly KeySummary[]>;
  revoke(id: string): Promise<void>;
}

async function withKeys<T>(context: CliContext, work: (keys: Keys) => Promise<T>): Promise<T> {
  if (isRemote(context)) {
    const client = await clientFromCli(context, { wholeWorkspace: true });
    return work({
      async create({ name, scope, project, expiresAt }) {
        const answer = await client.request("POST", "~/keys", { name, scope, ...(project !== null && { project }), ...(expiresAt !== null && { expiresAt }) });
        if (!isJsonObject(answer) || typeof answer["key"] !== "string") throw new LatchkeyError("SERVER_UNREACHABLE", "The server's answer cannot be read.");
        return { key: answer["key"], summary: asSummary(answer) };
      },
      list: async () => listOf(await client.request("GET", "~/keys"), "keys").map(asSummary),
      revoke: async (id) => void (await client.request("DELETE", `~/keys/${encodeURIComponent(id)}`)),
    });
  }
  const { openKeyDesk } = await import("../../compose-keys.ts");
  await using desk = await openKeyDesk(context);
  const { store, workspaceId } = desk;
  const actor = "command line";
  return work({
    async create({ name, scope, project: projectName, expiresAt }) {
      const project = projectName === null ? null : await store.projects.byName(workspaceId, projectName);
      if (projectName !== null && project === null) throw new LatchkeyError("PROJECT_UNKNOWN", `There is no project "${projectName}".`);
      const made = await store.keys.create({ workspaceId, projectId: project?.id ?? null, name, scope, expiresAt });
      await store.audit.note(workspaceId, { actor, action: "key.create", subject: name, details: { id: made.summary.id, scope } });
      return made;
    },
    list: () => store.keys.list(workspaceId),
    async revoke(id) {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new LatchkeyError("KEY_NOT_FOUND", `There is no API key "${id}".`);
      await store.keys.revoke(workspaceId, id);
      await store.audit.note(workspaceId, { actor, action: "key.revoke", subject: id });
    },
  });
}

function asSummary(answer: JsonObject): KeySummary {
  return answer as unknown as KeySummary;
}

const createCommand: AnyCommand = {
  usage: "create <name>",
  summary: "Make an API key; it is shown this once",
  positionals: { name: { type: "string", demandOption: true, describe: "What the key is for: the audit log calls whoever uses it so" } },
  options: {
    scope: { type: "string", choices: SCOPES, default: "run", requiresArg: true, describe: "run: start and read runs; manage: also auth sessions; deploy: also deployments; admin: everything" },
    "only-project": { type: "string", requiresArg: true, describe: "Good for this project only" },
    expires: { type: "string", requiresArg: true, describe: "Length of its life, such as 90d. Default: for ever" },
  },
  examples: [
    ["latchkey keys create shop-backend --scope run --only-project shop", "may only start and read runs of shop"],
    ["latchkey keys create ci --scope deploy --expires 90d", "for a pipeline"],
  ],
  async run(given, context) {
    const expires = textOf(given, "expires");
    const lifeMs = expires === undefined ? null : parseDurationMs(expires);
    if (expires !== undefined && (lifeMs === null || lifeMs < 1)) throw new LatchkeyError("USAGE", `--expires ${expires} is not a length of time.`, { hint: "Write 90d or 12h." });
    const options = { name: textOf(given, "name") ?? "", scope: SCOPES.find((scope) => scope === given["scope"]) ?? "run", project: textOf(given, "only-project") ?? null, expiresAt: lifeMs === null ? null : new Date(Date.now() + lifeMs).toISOString() } as const;
    const { key, summary } = await withKeys(context, (keys) => keys.create(options));
    context.printJson({ ...summary, key });
    context.print(key);
    context.tell(`The key "${summary.name}" (${summary.scope}${summary.project === null ? "" : `, only ${summary.project}`}) is shown only now.`);
    return 0;
  },
};

const listCommand: AnyCommand = {
  usage: "list",
  summary: "List API keys, without what lets anybody in",
  examples: [
    ["latchkey keys list", "a table"],
    ["latchkey keys list --json", "for programs"],
  ],
  async run(_given, context) {
    const keys = await withKeys(context, (desk) => desk.list());
    context.printJson(keys);
    context.print(formatTable(["id", "name", "scope", "project", "ends in", "expires", "last used", "state"], keys.map(({ id, name, scope, project, hint, expiresAt, lastUsedAt, revokedAt }) => [id, name, scope, project ?? "all", hint, expiresAt ?? "never", lastUsedAt ?? "never", revokedAt !== null ? "revoked" : expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? "expired" : "valid"])));
    return 0;
  },
};

const revokeCommand: AnyCommand = {
  usage: "revoke <id>",
  summary: "Revoke an API key, at once",
  positionals: { id: { type: "string", demandOption: true, describe: "Id of the key" } },
  examples: [
    ["latchkey keys revoke 0198c1f2-…", "by its id, from latchkey keys list"],
    ["latchkey keys revoke 0198c1f2-… --json", "for programs"],
  ],
  async run(given, context) {
    const id = textOf(given, "id") ?? "";
    await withKeys(context, (keys) => keys.revoke(id));
    context.printJson({ id, revoked: true });
    context.print("The key is revoked.");
    return 0;
  },
};

const rotateSealCommand: AnyCommand = {
  usage: "rotate-seal",
  summary: "Make a new seal key and wrap everything that is sealed in the database with it",
  options: { "drop-old": { type: "boolean", default: false, describe: "Wrap what is left, then remove the old keys from the key file; only when every server and worker has the new one" } },
  examples: [
    ["latchkey keys rotate-seal", "on the server's machine; copy the key file to the other machines then"],
    ["latchkey keys rotate-seal --drop-old", "afterwards: the old keys open nothing any more"],
  ],
  async run(given, context) {
    const { rotateSealKey } = await import("../../compose-keys.ts");
    const dropOld = given["drop-old"] === true;
    const { rewrapped, keyFile } = await rotateSealKey({ env: context.env, cwd: context.cwd, dropOld });
    context.printJson({ rewrapped, keyFile, droppedOld: dropOld });
    context.print(dropOld ? `${rewrapped} records were wrapped again; only the newest key is left in ${keyFile}.` : `${rewrapped} records are wrapped with the newest key of ${keyFile}. Copy it to all other machines, start their servers and workers again, then run: latchkey keys rotate-seal --drop-old`);
    return 0;
  },
};

/** `latchkey keys` */
export const keysCommand: AnyCommand = {
  usage: "keys",
  summary: "API keys of a server, and the key that seals its secrets",
  examples: [
    ["latchkey keys create ci --scope deploy", "make one"],
    ["latchkey keys list", "all of them"],
  ],
  subcommands: [createCommand, listCommand, revokeCommand, rotateSealCommand],
  run: () => Promise.resolve(0),
};
