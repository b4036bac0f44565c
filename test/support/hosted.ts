import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { JsonObject } from "../../runtime/model/json.ts";
import { packProject, type PackedProject } from "../../runtime/compose-deploy.ts";
import { mistakesIn } from "../server/wire-contract.ts";
import { builtProgram } from "./built-program.ts";
import { PROJECTS_DIR } from "./test-project.ts";

/** An answer of the server. */
export interface Answer {
  readonly status: number;
  /** The JSON body; null where there is none. */
  readonly body: JsonObject;
  readonly headers: Headers;
}

/** How a hosted runtime is started for tests. */
export interface HostedOptions {
  /** Slots of the worker that `serve` starts along. Default 2. */
  readonly slots?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The fixture project that is deployed, always under the name `hosted`. Default `hosted`; `sample`: the one at the root; null: none. */
  readonly project?: string | null;
  /** Changes its settings file. */
  readonly settings?: string;
}

/** A real `latchkey serve` in a folder of its own, with the fixture project deployed. */
export interface Hosted extends AsyncDisposable {
  readonly dir: string;
  readonly url: string;
  readonly key: string;
  readonly workspaceId: string;
  readonly env: Readonly<Record<string, string>>;
  readonly server: ChildProcess;
  /** Everything that the server and its worker wrote. */
  readonly log: () => string;
  /** A request below the project `hosted`; `~/` is the workspace, `/` the server's root. */
  request(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Starts a run of an API. */
  start(api: string, parameters?: JsonObject, more?: JsonObject): Promise<string>;
  /** The run's result, when it has ended. */
  ended(runId: string, timeoutMs?: number): Promise<JsonObject>;
  /** Waits until the run's details are so. */
  until(runId: string, holds: (run: JsonObject) => boolean, timeoutMs?: number): Promise<JsonObject>;
  /** Another process of the program with this runtime's environment. */
  spawn(args: readonly string[], env?: Readonly<Record<string, string>>, wrapper?: readonly string[]): ChildProcess;
  /** Deploys a fixture project; with other settings it is another deployment. */
  deploy(project: string, settings?: string): Promise<void>;
  /** Starts the server again in the same folder, after it was ended. */
  restart(): Promise<void>;
}

const PATIENCE_MS = 60_000;

/** Starts it. What a test starts it must dispose. */
export async function startHosted({ slots = 2, env: more = {}, project = "hosted", settings }: HostedOptions = {}): Promise<Hosted> {
  const program = builtProgram();
  const dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
  const env = { XDG_CONFIG_HOME: join(dir, ".config"), LATCHKEY_DATA_DIR: join(dir, "data"), LATCHKEY_ALLOW_PRIVATE: "true", LATCHKEY_DRAIN: "1s", NO_COLOR: "1", ...more };
  let log = "";
  const children = new Set<ChildProcess>();
  const launch = (args: readonly string[], extra: Readonly<Record<string, string>> = {}, wrapper: readonly string[] = []): ChildProcess => {
    const [command = process.execPath, ...rest] = [...wrapper, process.execPath, program, ...args];
    const child = spawn(command, rest, { cwd: dir, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env, ...extra } });
    children.add(child);
    child.once("exit", () => children.delete(child));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    return child;
  };
  const serve = async (): Promise<{ readonly child: ChildProcess; readonly told: { readonly url: string; readonly workspaceId: string; readonly firstKey?: string } }> => {
    const child = launch(["serve", "--port", "0", "--slots", String(slots), "--json"]);
    const told = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.trimEnd().endsWith("}")) resolve(text);
      });
      child.once("exit", (code) => reject(new Error(`latchkey serve ended with ${code ?? "a signal"}:\n${log}`)));
    });
    return { child, told: JSON.parse(told) as { url: string; workspaceId: string; firstKey?: string } };
  };
  let { child: server, told } = await serve();
  const { workspaceId, firstKey: key = "" } = told;

  const request: Hosted["request"] = async (method, path, body, headers = {}) => {
    const base = `${told.url}/api/v1/workspace/${workspaceId}`;
    const url = path.startsWith("~/") ? `${base}/${path.slice(2)}` : path.startsWith("/") ? `${told.url}${path}` : `${base}/projects/hosted/${path}`;
    const response = await fetch(url, { method, headers: { "x-api-key": key, ...(body !== undefined && { "content-type": "application/json" }), ...headers }, ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? {} : text.startsWith("{") || text.startsWith("[") ? (JSON.parse(text) as JsonObject) : { text } };
  };
  const until: Hosted["until"] = async (runId, holds, timeoutMs = PATIENCE_MS) => {
    const endsAtMs = performance.now() + timeoutMs;
    for (;;) {
      // The server may be restarting.
      const run = await request("GET", `runs/${runId}`).then(({ status, body }) => (status === 200 ? body : null), () => null);
      if (run !== null && holds(run)) return run;
      if (performance.now() > endsAtMs) throw new Error(`The run ${runId} did not get there: ${JSON.stringify(run)}\n${log.slice(-3_000)}`);
      await delay(50);
    }
  };
  const hosted: Hosted = {
    dir,
    get url() {
      return told.url;
    },
    key,
    workspaceId,
    env,
    get server() {
      return server;
    },
    log: () => log,
    request,
    async start(api, parameters = {}, extra = {}) {
      const { status, body } = await request("POST", "run/start", { api, parameters, saveTrace: false, ...extra });
      if (status !== 201) throw new Error(`The run was not started: ${status} ${JSON.stringify(body)}`);
      return String(body["runId"]);
    },
    async ended(runId, timeoutMs) {
      await until(runId, ({ status }) => status === "completed" || status === "failed" || status === "canceled", timeoutMs);
      const { body } = await request("GET", `run/${runId}/result`);
      const mistakes = mistakesIn("runResult", body);
      if (mistakes.length > 0) throw new Error(`The result is not what clients of the contract read: ${mistakes.join("; ")}`);
      return body;
    },
    until,
    spawn: launch,
    deploy: (name, changed) => deployFixture(hosted, name, changed),
    async restart() {
      ({ child: server, told } = await serve());
    },
    async [Symbol.asyncDispose]() {
      // Workers first: the database goes with the server.
      await Promise.all([...children].filter((child) => child !== server).map(end));
      await end(server);
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  if (project !== null) await deployFixture(hosted, project, settings);
  return hosted;
}

/** Builds are the same for all tests, and deriving the schemas takes seconds. */
const packed = new Map<string, Promise<PackedProject>>();

async function packFixture(name: string, settings: string | undefined): Promise<PackedProject> {
  const dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
  try {
    // The sample project shares its folder with everything else.
    if (name === "sample") for (const part of ["api", "auth-sessions", "latchkey.jsonc"]) await cp(join(PROJECTS_DIR, "../../..", part), join(dir, part), { recursive: true });
    else await cp(join(PROJECTS_DIR, name), dir, { recursive: true });
    if (settings !== undefined) await writeFile(join(dir, "latchkey.jsonc"), settings);
    return await packProject({ dir, env: {}, warn: () => undefined });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Deploys a fixture project. */
async function deployFixture(hosted: Hosted, name: string, settings?: string): Promise<void> {
  const id = `${name} ${settings ?? ""}`;
  const packing = packed.get(id) ?? packFixture(name, settings);
  packed.set(id, packing);
  const { manifest, archive } = await packing;
  const form = new FormData();
  form.set("manifest", JSON.stringify(manifest));
  form.set("archive", new Blob([new Uint8Array(archive)]), "archive.tar.gz");
  const response = await fetch(`${hosted.url}/api/v1/workspace/default/projects/hosted/deployments`, { method: "POST", headers: { "x-api-key": hosted.key }, body: form });
  if (response.status !== 201) throw new Error(`The fixture was not deployed: ${await response.text()}\n${hosted.log()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exited;
}
