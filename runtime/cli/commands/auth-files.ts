import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";
import { assertAuthSessionId } from "../../model/ids.ts";
import { textOf, type AnyCommand } from "../command.ts";
import { executeAuth } from "../execute-auth.ts";
import { openHandle } from "../open-from-cli.ts";
import { readTextFile } from "../read-parameters.ts";
import { RUN_OPTIONS } from "../run-options.ts";

const { proxy = {}, timeout = {}, trace = {} } = RUN_OPTIONS;
const id = { type: "string", demandOption: true, describe: "Id of the auth session" } as const;

/** `latchkey auth export` */
export const authExportCommand: AnyCommand = {
  usage: "export <id>",
  summary: "Write a login to a file that Playwright can use too; whoever has the file is logged in",
  positionals: { id },
  options: {
    file: { type: "string", demandOption: true, requiresArg: true, describe: "The file to write" },
    force: { type: "boolean", default: false, describe: "Replace the file when it is there" },
  },
  examples: [
    ["latchkey auth export sam --file sam.state.json", "readable by you alone"],
    ["latchkey auth export sam --file sam.state.json --force", "replaces an older one"],
  ],
  async run(given, context) {
    const name = textOf(given, "id") ?? "";
    assertAuthSessionId(name);
    const { writeStorageStateFile } = await import("../../compose.ts");
    await using open = await openHandle(context);
    const session = await open.authSessions.get(name);
    if (session === null) throw new LatchkeyError("AUTH_SESSION_NOT_FOUND", `There is no auth session "${name}".`);
    const file = resolve(context.cwd, textOf(given, "file") ?? "");
    try {
      await writeFile(file, writeStorageStateFile(session.secrets.state), { mode: 0o600, flag: given["force"] === true ? "w" : "wx" });
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") throw new LatchkeyError("TARGET_EXISTS", `${file} is there already.`, { hint: "Add --force to replace it, or name another file." });
      throw new LatchkeyError("ENVIRONMENT", `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
    }
    context.printJson({ id: name, file });
    context.print(`The login of "${name}" is in ${file}. Whoever has it is logged in: keep it safe.`);
    return 0;
  },
};

/** `latchkey auth import` */
export const authImportCommand: AnyCommand = {
  usage: "import <id>",
  summary: "Take over a login from a storage state file, when its check passes",
  positionals: { id },
  options: { file: { type: "string", demandOption: true, requiresArg: true, describe: "A file of Playwright's storageState(), or of latchkey auth export" }, proxy, timeout, trace },
  examples: [
    ["latchkey auth import sam --file sam.state.json", "checked before it is kept"],
    ["latchkey auth import sam --file state.json --proxy env:SAM_PROXY", "with a proxy of its own"],
  ],
  async run(given, context) {
    const name = textOf(given, "id") ?? "";
    const { readStorageStateFile } = await import("../../compose.ts");
    const state = readStorageStateFile(await readTextFile(textOf(given, "file") ?? "", context.cwd));
    await using open = await openHandle(context);
    return executeAuth(context, open, given, { target: { kind: "auth-import", id: name, state }, parameters: {}, stdinIsTaken: false, done: `The login of "${name}" is imported.` });
  },
};
