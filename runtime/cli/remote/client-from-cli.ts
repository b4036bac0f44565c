import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { readRemoteEnvironment } from "../../config/hosted-environment.ts";
import { readSettingsFile } from "../../config/read-settings-file.ts";
import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject } from "../../model/json.ts";
import type { CliContext } from "../cli-context.ts";
import { createHttpClient, type HttpClient } from "./http-client.ts";

/** Whether the command acts on a server. */
export function isRemote({ server, env }: Pick<CliContext, "server" | "env">): boolean {
  return server !== undefined || readRemoteEnvironment(env).server !== null;
}

/**
 * A client for the server and project that the command line and the environment name.
 *
 * @param wholeWorkspace whether the command is about no project.
 * @throws LatchkeyError `USAGE`, `UNAUTHORIZED`, `PROJECT_NOT_FOUND`.
 */
export async function clientFromCli(context: CliContext, { wholeWorkspace = false }: { readonly wholeWorkspace?: boolean } = {}): Promise<HttpClient> {
  const remote = readRemoteEnvironment(context.env);
  const server = context.server ?? remote.server;
  if (server === null) throw new LatchkeyError("USAGE", "Which server?", { hint: "Add --server URL, or set LATCHKEY_SERVER." });
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) throw new LatchkeyError("USAGE", "The server's address is not one.", { hint: "Write it whole: http://127.0.0.1:4400" });
  if (remote.apiKey === null) throw new LatchkeyError("UNAUTHORIZED", "There is no API key for the server.", { hint: "Set LATCHKEY_API_KEY; the first start of latchkey serve printed one." });
  return createHttpClient({ server, apiKey: remote.apiKey, workspace: remote.workspace, project: wholeWorkspace ? null : await projectName(context) });
}

/** The project's name on servers: that of the folder's settings, or what --project says where there is no such folder. */
async function projectName(context: CliContext): Promise<string> {
  const { findProjectDir } = await import("../../compose.ts");
  const given = context.project;
  const dir = given === undefined ? findProjectDir(context.cwd) : existsSync(resolve(context.cwd, given)) ? resolve(context.cwd, given) : null;
  if (dir === null) {
    if (given !== undefined) return given;
    throw new LatchkeyError("PROJECT_NOT_FOUND", `${context.cwd} is not in a project.`, { hint: "Go to the project's folder, or name it as the server does: --project NAME" });
  }
  const { value } = readSettingsFile(dir);
  const name = isJsonObject(value) ? value["name"] : undefined;
  return typeof name === "string" ? name : basename(dir);
}
