/**
 * `npm test`: all tests, against real browsers, proxies and apps. Fails too when there are suspiciously few of them.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

/** Raise it when tests are added: tests that silently stop being found must not pass. */
const MINIMUM_TESTS = 480;

const root = join(import.meta.dirname, "..");
const files = process.argv.slice(2);
const mocha = spawn(process.execPath, [join(root, "node_modules", "mocha", "bin", "mocha.js"), ...(files.length > 0 ? files : ["test/**/*.test.ts"])], { cwd: root, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PATH: `${join(root, "node_modules", ".bin")}:${process.env["PATH"] ?? ""}` } });
let output = "";
mocha.stdout.setEncoding("utf8").on("data", (text: string) => {
  output += text;
  process.stdout.write(text);
});
const exitCode = await new Promise<number | null>((resolve) => mocha.once("close", resolve));
const passed = Number(/(\d+) passing/.exec(output)?.[1] ?? 0);
const failed = Number(/(\d+) failing/.exec(output)?.[1] ?? 0);
if (files.length === 0 && failed === 0 && passed < MINIMUM_TESTS) {
  process.stdout.write(`Only ${passed} tests ran; at least ${MINIMUM_TESTS} are expected.\n`);
  process.exitCode = 1;
} else process.exitCode = exitCode ?? 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
