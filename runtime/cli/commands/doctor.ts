import { EXIT_CODES } from "../../model/errors.ts";
import type { AnyCommand } from "../command.ts";
import { colorsFor } from "../report-error.ts";

/** `latchkey doctor` */
export const doctorCommand: AnyCommand = {
  usage: "doctor",
  summary: "Look at everything a run needs from this machine, and say how to mend what is missing",
  examples: [
    ["latchkey doctor", "for people"],
    ["latchkey doctor --json", "for programs"],
  ],
  async run(_given, context) {
    const { doctor } = await import("../../compose.ts");
    const checks = await doctor({ env: context.env, signal: context.signal });
    const isWell = checks.every(({ status }) => status !== "missing");
    context.printJson({ ok: isWell, checks });
    const colors = colorsFor(context);
    const marks = { ok: colors.green("✓"), warning: colors.yellow("!"), missing: colors.red("✗") };
    for (const { name, status, detail, fix } of checks) {
      context.print(`${marks[status]} ${name}: ${detail}`);
      if (fix !== null) context.print(`  → ${fix}`);
    }
    context.print(isWell ? "\nRuns can start." : "\nRuns cannot start yet.");
    return isWell ? 0 : EXIT_CODES.environment;
  },
};
