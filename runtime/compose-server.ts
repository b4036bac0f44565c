import { hostname } from "node:os";
import { extname, join } from "node:path";
import type { Logger } from "pino";
import { parseStorageState } from "./auth-sessions/state/playwright.ts";
import type { EnvironmentVariables } from "./config/environment.ts";
import { createDeployments, type DeploymentsOfRuntime } from "./compose-deployments.ts";
import { TIMING } from "./compose-timing.ts";
import { MAX_ARCHIVE_BYTES, openRuntime } from "./compose-hosted.ts";
import { LatchkeyError } from "./model/errors.ts";
import type { HostedStore } from "./model/hosted-store.ts";
import { judgeEgress, needsAddresses } from "./proxy/egress-policy.ts";
import { resolveTarget, resolveWithSystem } from "./proxy/resolve-target.ts";
import { createServer } from "./server/create-server.ts";
import { resultLines } from "./server/result-lines.ts";
import type { ServerParts } from "./server/server-parts.ts";
import { startUpkeep } from "./server/upkeep.ts";
import { deliver } from "./sinks/deliver.ts";

const CONNECTIONS = 12;

/** A server of this process. */
export interface HostedServer extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:4400`. */
  readonly url: string;
  readonly workspaceId: string;
  /** The first admin key, on the very first start; null later on. Shown once. */
  readonly firstKey: string | null;
  readonly store: HostedStore;
  readonly deployments: DeploymentsOfRuntime;
}

/** How a server is started. */
export interface StartServerOptions {
  readonly env: EnvironmentVariables;
  readonly cwd: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log?: Logger;
}

/**
 * Starts the HTTP server, with the embedded PostgreSQL where no other is named.
 *
 * @throws LatchkeyError `PORT_IN_USE`, and as `openRuntime` does.
 */
export async function startHostedServer({ env, cwd, host, port, log: givenLog }: StartServerOptions): Promise<HostedServer> {
  await using cleanup = new AsyncDisposableStack();
  const runtime = cleanup.use(await openRuntime({ env, cwd, component: "server", embedded: "start", connections: CONNECTIONS, ...(givenLog !== undefined && { log: givenLog }) }));
  const { hosted, store, artifacts, log, telemetry, version } = runtime;
  const deployments = createDeployments(runtime);
  const { workspaceId, firstKey } = await firstStart(store);
  const parts: ServerParts = { store, artifacts, deployments, log, version, timing: TIMING, traceparentOf: telemetry.traceparentOf, parseStorageState, dashboardDir: join(import.meta.dirname, extname(import.meta.filename) === ".ts" ? "../dist/dashboard" : "dashboard"), maxArchiveBytes: MAX_ARCHIVE_BYTES };
  const app = await createServer(parts);
  cleanup.defer(() => app.close());
  const policy = { allowPrivate: hosted.allowPrivate, allowHosts: hosted.allowHosts, denyHosts: [] };
  const resolve = async (target: string, targetPort: number): ReturnType<typeof resolveTarget> => {
    const addresses = await resolveTarget(target, resolveWithSystem);
    const verdict = judgeEgress(policy, target, targetPort, needsAddresses(policy) ? addresses.map(({ address }) => address) : []);
    if (!verdict.allowed) throw new LatchkeyError("EGRESS_DENIED", `The sink's host may not be reached: ${verdict.reason.replace("network.allowPrivate is off", "private addresses are not allowed here")}.`, { hint: "An operator allows it with LATCHKEY_ALLOW_HOSTS or LATCHKEY_ALLOW_PRIVATE; then replay the delivery." });
    return addresses;
  };
  cleanup.use(startUpkeep({ parts, retention: hosted.retention, deliver: (delivery) => deliver({ resolve, lines: (jobRunId) => resultLines(store, jobRunId) }, delivery) }));
  const url = await app.listen({ host, port }).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE") throw new LatchkeyError("PORT_IN_USE", `Another program listens on port ${port}.`, { cause });
    throw new LatchkeyError("ENVIRONMENT", `The server cannot listen on ${host}:${port}: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  });
  const kept = cleanup.move();
  let ending: Promise<void> | null = null;
  return { url, workspaceId, firstKey, store, deployments, [Symbol.asyncDispose]: () => (ending ??= kept.disposeAsync()) };
}

/** Of servers that start at once on an empty database, one makes the first key. */
async function firstStart(store: HostedStore): Promise<{ readonly workspaceId: string; readonly firstKey: string | null }> {
  const { id, isNew } = await store.defaultWorkspace();
  if (!isNew) return { workspaceId: id, firstKey: null };
  const { key } = await store.keys.create({ workspaceId: id, projectId: null, name: "first key", scope: "admin", expiresAt: null });
  await store.audit.note(id, { actor: `first start on ${hostname()}`, action: "key.create", subject: "first key" });
  return { workspaceId: id, firstKey: key };
}
