import { text as readAll } from "node:stream/consumers";
import { textOf, type AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { isStandardInput, readSecretArgument } from "../read-parameters.ts";
import { clientFromCli } from "../remote/client-from-cli.ts";
import { listOf, text } from "../remote/read-answers.ts";

const name = { type: "string", demandOption: true, describe: "Name of the variable" } as const;

const listCommand: AnyCommand = {
  usage: "list",
  summary: "List the names of the project's environment variables on the server",
  examples: [
    ["latchkey env list", "names, never values"],
    ["latchkey env list --json", "for programs"],
  ],
  async run(_given, context) {
    const env = listOf(await (await clientFromCli(context)).request("GET", "env"), "env");
    context.printJson(env);
    context.print(env.length === 0 ? "The project has no environment variables on the server. Set one with: latchkey env set NAME -" : formatTable(["name", "set at"], env.map((one) => [text(one["name"]), text(one["updatedAt"])])));
    return 0;
  },
};

const setCommand: AnyCommand = {
  usage: "set <name> <value>",
  summary: "Set an environment variable of the project's code; it is sealed, and never shown again",
  positionals: { name, value: { type: "string", demandOption: true, describe: "@file, env:NAME, - for standard input, or the value (which other users of the machine can see)" } },
  examples: [
    ["latchkey env set API_TOKEN env:API_TOKEN", "from this shell's environment"],
    ["pass show token | latchkey env set API_TOKEN -", "from a password manager"],
  ],
  async run(given, context) {
    const variable = textOf(given, "name") ?? "";
    const argument = textOf(given, "value") ?? "";
    const value = isStandardInput(argument) ? (await readAll(context.stdin)).replace(/\r?\n$/, "") : await readSecretArgument(argument, context);
    context.printJson(await (await clientFromCli(context)).request("PUT", `env/${encodeURIComponent(variable)}`, { value }));
    context.print(`${variable} is set for runs that begin from now on.`);
    return 0;
  },
};

const deleteCommand: AnyCommand = {
  usage: "delete <name>",
  summary: "Remove an environment variable",
  positionals: { name },
  examples: [
    ["latchkey env delete API_TOKEN", "runs that begin from now on do not see it"],
    ["latchkey env delete API_TOKEN --json", "for programs"],
  ],
  async run(given, context) {
    const variable = textOf(given, "name") ?? "";
    await (await clientFromCli(context)).request("DELETE", `env/${encodeURIComponent(variable)}`);
    context.printJson({ name: variable, deleted: true });
    context.print(`${variable} is removed.`);
    return 0;
  },
};

/** `latchkey env` */
export const envCommand: AnyCommand = {
  usage: "env",
  summary: "Environment variables and secrets of the project on a server",
  examples: [
    ["latchkey env set API_TOKEN @token.txt", "from a file"],
    ["latchkey env list", "names only"],
  ],
  subcommands: [listCommand, setCommand, deleteCommand],
  run: () => Promise.resolve(0),
};
