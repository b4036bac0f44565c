import type { AnyCommand } from "../command.ts";
import { authCheckCommand } from "./auth-check.ts";
import { authCreateCommand } from "./auth-create.ts";
import { authDeleteCommand } from "./auth-delete.ts";
import { authExportCommand, authImportCommand } from "./auth-files.ts";
import { authListCommand } from "./auth-list.ts";
import { authRecordCommand } from "./auth-record.ts";
import { authShowCommand } from "./auth-show.ts";
import { authUpdateCommand } from "./auth-update.ts";

/** `latchkey auth` */
export const authCommand: AnyCommand = {
  usage: "auth",
  summary: "Create, check and keep auth sessions",
  examples: [
    ["latchkey auth create sam @sam.json", "log in as sam, and keep the login"],
    ["latchkey auth list", "all auth sessions of the project"],
  ],
  subcommands: [authCreateCommand, authCheckCommand, authUpdateCommand, authShowCommand, authListCommand, authDeleteCommand, authRecordCommand, authExportCommand, authImportCommand],
  run: () => Promise.resolve(0),
};
