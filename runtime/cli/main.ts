/**
 * The program `latchkey`.
 *
 * @module
 */
import { processEnvironment } from "../config/environment.ts";
import { runCli } from "./run-cli.ts";

process.exitCode = await runCli(process.argv.slice(2), { env: processEnvironment(), cwd: process.cwd(), stdin: process.stdin, stdout: process.stdout, stderr: process.stderr });
// Whatever a library left open must not keep the command from ending.
process.exit();
