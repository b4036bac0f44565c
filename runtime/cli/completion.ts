import type { Writable } from "node:stream";
import type { CommandModule } from "yargs";
import type { CliIo } from "./cli-context.ts";
import type { AnyCommand } from "./command.ts";
import type { OpenProject } from "../model/open-project.ts";
import { commands } from "./commands/index-of-commands.ts";

const BASH = `# Completion of latchkey. Add it to your shell with: latchkey completion >> ~/.bashrc
_latchkey_completions() {
  local words
  words=$(latchkey --get-yargs-completions "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
if [ -n "$ZSH_VERSION" ]; then autoload -Uz bashcompinit && bashcompinit; fi
complete -o default -F _latchkey_completions latchkey
`;

/** `latchkey completion`: the script for bash and zsh. */
export function completionScript(stdout: Writable): CommandModule {
  return { command: "completion", describe: "Print the completion script for bash and zsh", handler: () => void stdout.write(BASH) };
}

/** What may come next on the command line whose words are given; the last one is not finished. */
export async function suggest(words: readonly string[], io: CliIo): Promise<readonly string[]> {
  const [first = "", second = ""] = words;
  const current = words.at(-1) ?? "";
  const command = commands.find(({ usage }) => usage.split(" ")[0] === first);
  if (words.length <= 1 || command === undefined) return [...names(commands), "completion"];
  const sub = command.subcommands?.find(({ usage }) => usage.split(" ")[0] === second);
  if (current.startsWith("-")) return [...Object.keys((sub ?? command).options ?? {}), "project", "json", "verbose", "help"].map((name) => `--${name}`);
  if (command.subcommands !== undefined && words.length === 2) return names(command.subcommands);
  if (first === "run" && words.at(-2) === "--auth-session") return sessionIds(io);
  if (first === "run" && words.length === 2) return apiNames(io);
  if (first === "auth" && words.length === 3) return sessionIds(io);
  return [];
}

function names(list: readonly AnyCommand[]): readonly string[] {
  return list.map(({ usage }) => usage.split(" ")[0] ?? "");
}

async function apiNames(io: CliIo): Promise<readonly string[]> {
  return fromProject(io, async (open) => [...open.project.apis.keys()]);
}

async function sessionIds(io: CliIo): Promise<readonly string[]> {
  return fromProject(io, async (open) => (await open.authSessions.list()).map(({ id }) => id));
}

/** Outside a project there is nothing to suggest, and nothing to complain about. */
async function fromProject(io: CliIo, pick: (open: OpenProject) => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    const { findProjectDir, openProject } = await import("../compose.ts");
    const dir = findProjectDir(io.cwd);
    if (dir === null) return [];
    await using open = await openProject({ dir, overrides: {}, env: io.env, warn: () => undefined });
    return await pick(open);
  } catch {
    return [];
  }
}
