import { join, relative, resolve } from "node:path";
import { watch } from "chokidar";
import { LatchkeyError, toLatchkeyError } from "../../model/errors.ts";
import type { CliContext } from "../cli-context.ts";
import type { AnyCommand } from "../command.ts";
import { createHttpClient, type HttpClient } from "../remote/http-client.ts";
import { formatError } from "../report-error.ts";
import { untilStopped } from "../run-until-signal.ts";
import { superviseWorker } from "../supervise-worker.ts";
import { upload } from "../upload.ts";
import { tellStart, wholeNumber } from "./serve.ts";

const PORT = 4_400;
const MAX_PORT = 65_535;
const SLOTS = 1;
/** Editors write a file in several steps. */
const SETTLE_MS = 100;

/** `latchkey dev` */
export const devCommand: AnyCommand = {
  usage: "dev",
  summary: "Server, worker and this project in one command; each change is live at once",
  options: { port: { type: "number", default: PORT, requiresArg: true, describe: "Port to listen on; 0 takes any free one" } },
  examples: [
    ["latchkey dev", "in the project's folder"],
    ["latchkey dev --port 0 --json", "on any free port, told as JSON"],
  ],
  async run(given, context) {
    const port = wholeNumber(given, "port", MAX_PORT);
    const { findProjectDir } = await import("../../compose.ts");
    const dir = context.project === undefined ? findProjectDir(context.cwd) : resolve(context.cwd, context.project);
    if (dir === null) throw new LatchkeyError("PROJECT_NOT_FOUND", `${context.cwd} is not in a project.`);
    // On an author's own machine the sites under test are often local ones.
    const env = { LATCHKEY_ALLOW_PRIVATE: "true", LATCHKEY_LOG_LEVEL: "warn", LATCHKEY_DATA_DIR: join(dir, ".latchkey", "dev"), LATCHKEY_DRAIN: "2s", ...context.env };
    const { startHostedServer } = await import("../../compose-server.ts");
    const { readEnvFile } = await import("../../compose.ts");
    await using cleanup = new AsyncDisposableStack();
    const server = cleanup.use(await startHostedServer({ env, cwd: dir, host: "127.0.0.1", port }));
    const { store, workspaceId } = server;
    const { key, summary } = await store.keys.create({ workspaceId, projectId: null, name: "latchkey dev", scope: "admin", expiresAt: null });
    cleanup.defer(() => store.keys.revoke(workspaceId, summary.id).catch(() => undefined));
    const name = await nameOf(dir, context);
    const client = createHttpClient({ server: server.url, apiKey: key, workspace: "default", project: name });
    await deploy(client, dir, context);
    for (const [variable, value] of Object.entries(readEnvFile(dir))) await client.request("PUT", `env/${encodeURIComponent(variable)}`, { value }).catch((thrown: unknown) => context.tell(`warning: ${variable} of .env: ${toLatchkeyError(thrown).message}`));
    cleanup.use(superviseWorker({ slots: SLOTS, env, cwd: dir, onEnd: (message) => context.tell(`warning: ${message}`) }));
    cleanup.defer(watchProject(dir, context, () => deploy(client, dir, context)));
    tellStart(context, { url: server.url, workspaceId, firstKey: server.firstKey ?? key });
    context.tell(`Watching ${dir}. Run an API with:\n\n  latchkey run API --server ${server.url}\n`);
    await untilStopped(context);
    return 0;
  },
};

async function nameOf(dir: string, context: CliContext): Promise<string> {
  const { openProject } = await import("../../compose.ts");
  await using open = await openProject({ dir, overrides: {}, env: context.env, warn: () => undefined });
  return open.project.settings.name;
}

/** What does not build is told, and what was live before stays live. */
async function deploy(client: HttpClient, dir: string, context: CliContext): Promise<void> {
  const begin = performance.now();
  try {
    const { packProject } = await import("../../compose-deploy.ts");
    const packed = await packProject({ dir, env: context.env, warn: (message) => context.tell(`warning: ${message}`) });
    const answer = await upload(client, { ...packed, activate: true });
    context.tell(`${answer["isNew"] === true ? "live" : "unchanged"}: ${packed.manifest.targets.map((target) => target.name).join(", ")} (${Math.round(performance.now() - begin)} ms)`);
  } catch (thrown) {
    context.tell(formatError(toLatchkeyError(thrown), { io: context, verbose: context.verbose }));
  }
}

/** @returns a function that ends it. */
function watchProject(dir: string, context: CliContext, onChange: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | null = null;
  let working = Promise.resolve();
  const watcher = watch(dir, { ignoreInitial: true, ignored: (path) => /(?:^|\/)(?:node_modules|\.git|\.latchkey|dist)(?:\/|$)/.test(relative(dir, path)) });
  watcher.on("all", (_event, path) => {
    if (!/\.(?:[mc]?[jt]sx?|jsonc?)$/.test(path)) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      working = working.then(onChange);
    }, SETTLE_MS);
  });
  watcher.on("error", (error) => context.tell(`warning: changes may be missed: ${error instanceof Error ? error.message : String(error)}`));
  return async () => {
    if (timer !== null) clearTimeout(timer);
    await watcher.close();
    await working;
  };
}
