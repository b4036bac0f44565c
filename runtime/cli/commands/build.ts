import { relative } from "node:path";
import type { AnyCommand } from "../command.ts";
import { formatTable } from "../format-table.ts";
import { openFromCli } from "../open-from-cli.ts";

/** `latchkey build` */
export const buildCommand: AnyCommand = {
  usage: "build",
  summary: "Bundle the project, and write its manifest with the JSON Schema of every API",
  examples: [
    ["latchkey build", "into .latchkey/dist/"],
    ["latchkey build --json", "prints the manifest"],
  ],
  async run(_given, context) {
    const { buildProject } = await import("../../compose.ts");
    await using open = await openFromCli(context);
    const { dir, manifest } = await buildProject(open.project, open.compiler);
    context.printJson({ ...manifest, dir });
    context.print(formatTable(["name", "source", "bytes", "parameters"], manifest.targets.map(({ name, source, sizeBytes, parameterSchema }) => [name, source, String(sizeBytes), parameterSchema === null ? "anything" : "checked"])));
    context.print(`\n${relative(context.cwd, dir)}/manifest.json (${manifest.contentHash.slice(0, 12)})`);
    return 0;
  },
};
