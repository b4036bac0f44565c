/**
 * `npm run demo`: a real app, a login through an upstream proxy, a login that dies and comes back by itself.
 * Everything is in temporary folders, and gone at the end.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server } from "proxy-chain";
import { startVerdaccio, VERDACCIO_USER } from "../test/targets/verdaccio.ts";

const root = join(import.meta.dirname, "..");
const PROXY_PASSWORD = "proxy-password-1";

await using cleanup = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), "latchkey-demo-"));
cleanup.defer(() => rm(dir, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void cleanup.disposeAsync().then(() => process.exit(130)));

say("Starting Verdaccio (a private npm registry) and an upstream proxy …");
for (const name of ["api", "auth-sessions", "latchkey.jsonc", "tsconfig.json"]) await cp(join(root, name), join(dir, name), { recursive: true });
const verdaccio = cleanup.use(await startVerdaccio());
let throughProxy = 0;
const proxy = new Server({
  host: "127.0.0.1",
  port: 0,
  prepareRequestFunction: ({ username, password }) => {
    throughProxy += 1;
    return { requestAuthentication: username !== "demo" || password !== PROXY_PASSWORD };
  },
});
await proxy.listen();
cleanup.defer(() => proxy.close(true));
await writeFile(join(dir, "credentials.json"), JSON.stringify({ baseUrl: verdaccio.url, ...VERDACCIO_USER }), { mode: 0o600 });
await writeFile(join(dir, "proxy.txt"), `http://demo:${PROXY_PASSWORD}@127.0.0.1:${proxy.port}`, { mode: 0o600 });

try {
  say(`\n1. Log in as "${VERDACCIO_USER.username}" through the proxy, and keep the login`);
  await latchkey("auth", "create", "demo", "@credentials.json", "--proxy", "@proxy.txt");
  say("\n2. Act as that user: list the packages, look at one, publish another");
  await latchkey("run", "packages/list", "--auth-session", "demo");
  await latchkey("run", "packages/details", '{"name": "left-pad"}', "--auth-session", "demo");
  await latchkey("run", "packages/publish", '{"name": "hello-latchkey", "version": "1.0.0"}', "--auth-session", "demo");
  say("\n3. The server forgets all logins. The next run notices, logs in again by itself, and goes on");
  await verdaccio.endLogins();
  await latchkey("run", "packages/list", "--auth-session", "demo");
  say("\n4. What is kept of it: nothing readable");
  await latchkey("auth", "show", "demo");
  say(`\nDone: ${throughProxy} connections went through the proxy. Everything is cleaned up.`);
} catch (thrown) {
  say(`\nThe demo stopped: ${thrown instanceof Error ? thrown.message : String(thrown)}. latchkey doctor may tell why.`);
  process.exitCode = 1;
}

async function latchkey(...args: string[]): Promise<void> {
  say(`$ latchkey ${args.map((word) => (/[ "{]/.test(word) ? `'${word}'` : word)).join(" ")}`);
  const begin = performance.now();
  const child = spawn(process.execPath, [join(root, "bin", "latchkey.js"), ...args], { cwd: dir, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, XDG_CONFIG_HOME: join(dir, ".config") } });
  const exitCode = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  say(`  (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  if (exitCode === 0) return;
  throw new Error(`latchkey ${args[0] ?? ""} ended with exit code ${exitCode ?? "unknown"}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
