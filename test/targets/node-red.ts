import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startProcess } from "./start-process.ts";

/** Node-RED with its editor behind a login, whose token lives in localStorage. */
export interface NodeRed extends AsyncDisposable {
  readonly url: string;
}

/** Its user. */
export const NODE_RED_USER = { username: "operator", password: "operator-password-1" };

/** Starts Node-RED on loopback in a temporary folder. */
export async function startNodeRed(): Promise<NodeRed> {
  const dir = await mkdtemp(join(tmpdir(), "latchkey-node-red-"));
  const port = await freePort();
  const require = createRequire(import.meta.url);
  const bcrypt = createRequire(require.resolve("node-red/red.js"))("bcryptjs") as { hashSync(password: string, rounds: number): string };
  const { username, password } = NODE_RED_USER;
  await writeFile(
    join(dir, "settings.js"),
    `module.exports = { uiHost: "127.0.0.1", uiPort: ${port}, telemetry: { enabled: false }, editorTheme: { tours: false }, adminAuth: { type: "credentials", users: [{ username: ${JSON.stringify(username)}, password: ${JSON.stringify(bcrypt.hashSync(password, 4))}, permissions: "*" }] } };`,
  );
  const running = await startProcess({ entry: require.resolve("node-red/red.js"), args: ["--userDir", dir, "--settings", join(dir, "settings.js")], cwd: dir, port, readyPath: "/auth/login" });
  return {
    url: running.url,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
