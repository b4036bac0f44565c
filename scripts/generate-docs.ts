/**
 * Writes the pages that are made from the code: docs/errors.md, docs/options.md and docs/cli.md.
 * With `--check` it only tells whether they are up to date.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyCommand } from "../runtime/cli/command.ts";
import { commands } from "../runtime/cli/commands/index-of-commands.ts";
import { HOSTED_OPTIONS } from "../runtime/config/hosted-options.ts";
import { environmentVariableOf } from "../runtime/config/option.ts";
import { OPTIONS } from "../runtime/config/options.ts";
import { ERRORS, EXIT_CODES } from "../runtime/model/errors.ts";

const root = join(import.meta.dirname, "..");
const pages = { "errors.md": errorsPage(), "options.md": optionsPage(), "cli.md": cliPage() };

for (const [name, text] of Object.entries(pages)) {
  const file = join(root, "docs", name);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    process.stderr.write(`docs/${name} is not up to date. Run: node scripts/generate-docs.ts\n`);
    process.exitCode = 1;
  }
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, { blame, retriable, meaning, hint }]) => `| \`${code}\` | ${EXIT_CODES[blame]} | ${retriable ? "yes" : "no"} | ${meaning} | ${hint} |`);
  return `# Errors\n\nEvery failure has a stable code, a sentence and a next step. The exit code says who has to act: ${Object.entries(EXIT_CODES)
    .map(([blame, code]) => `${code} ${blame}`)
    .join(", ")}. "Tried again": whether \`--retries\` and \`run.retry\` try it again.\n\n| code | exit code | tried again | what happened | what to do |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
}

function optionsPage(): string {
  const hosted = HOSTED_OPTIONS.map(({ variable, default: fallback, description }) => `| \`${variable}\` | ${fallback} | ${description} |`);
  const entries = OPTIONS.map(({ path, schema, default: fallback, description }) => {
    const type = "enum" in schema ? (schema["enum"] as readonly unknown[]).map((value) => JSON.stringify(value)).join(" \\| ") : Array.isArray(schema["type"]) ? schema["type"].join(" or ") : String(schema["type"]);
    return `### \`${path}\`\n\n${description}\n\nType: ${type}${/Ms$/.test(path) ? ' (milliseconds, or a text like `"10m"`)' : ""}. Default: \`${JSON.stringify(fallback)}\`. Environment: \`${environmentVariableOf(path)}\`.\n`;
  });
  return `# Settings\n\nThose of a project are below; those of [a hosted runtime](#a-hosted-runtime) are at the end.\n\nSettings are in \`latchkey.jsonc\` (JSON with comments). A default is overridden by the file, the file by the environment, the environment by flags. Unknown keys are errors that name the nearest known key. \`Intuned.json\` is read too.\n\n${entries.join("\n")}\n## A hosted runtime\n\n\`latchkey serve\` and \`latchkey worker\` are set up by their environment.\n\n| variable | default | what it does |\n|---|---|---|\n${hosted.join("\n")}\n`;
}

function cliPage(): string {
  const sections = commands.flatMap((command) => section(command, ""));
  return `# Commands\n\nEvery command takes \`--project DIR\`, \`--server URL\`, \`--json\`, \`--verbose\` and \`--help\`. With \`--server\` (or \`LATCHKEY_SERVER\`, and the key in \`LATCHKEY_API_KEY\`) \`run\`, \`auth\` and \`runs\` act on a server instead of this machine; \`deploy\`, \`deployments\` and \`env\` always do. The project is then the one named in the folder's settings, or, where there is no such folder, the one that \`--project\` names. With \`--json\`, standard output is exactly one JSON document and progress goes to standard error. \`run\` prints \`{"runId", "status", "result" | "error": {"code", "message", "hint", "retriable"}, "attempts", "durationMs", "authSession"?: {"id", "recreated"}}\`, and so do the operations of \`auth\`, whose result is the auth session without its secrets. A request that is refused prints \`{"status": "failed", "error": {…}}\`.\n\nExit codes: 0 done; 1 the author's code or the site failed; 2 wrong usage or invalid input; 3 the auth session could not be made valid; 4 the runtime or its environment failed; 130 canceled.\n\nSecrets do not belong on a command line, where other users of the machine can see them: give parameters as \`@file\` or \`-\` (standard input), and proxies as \`@file\` or \`env:NAME\`.\n\n\`latchkey completion\` prints the completion script for bash and zsh.\n\n${sections.join("\n")}`;
}

function section(command: AnyCommand, prefix: string): readonly string[] {
  if (command.subcommands !== undefined) return command.subcommands.flatMap((sub) => section(sub, `${command.usage} `));
  const options = Object.entries(command.options ?? {}).map(([name, { describe, default: fallback }]) => `- \`--${name}\`: ${describe ?? ""}${fallback === undefined || fallback === false ? "" : ` (default \`${String(fallback)}\`)`}`);
  const examples = command.examples.map(([line, what]) => `${line}   # ${what}`);
  return [`## latchkey ${prefix}${command.usage}\n\n${command.summary}.\n\n${options.length === 0 ? "" : `${options.join("\n")}\n\n`}\`\`\`sh\n${examples.join("\n")}\n\`\`\`\n`];
}
