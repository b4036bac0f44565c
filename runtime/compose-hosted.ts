import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Logger } from "pino";
import { createSealer } from "./auth-sessions/seal/create-sealer.ts";
import { loadSealKeys, reloadSealKeys } from "./auth-sessions/seal/load-seal-key.ts";
import { TIMING } from "./compose-timing.ts";
import { readEnvironment, type Environment, type EnvironmentVariables } from "./config/environment.ts";
import { readHostedEnvironment, type HostedEnvironment } from "./config/hosted-environment.ts";
import { MAX_ARCHIVE_BYTES } from "./deploy/verify.ts";
import type { ArtifactStore } from "./model/artifacts.ts";
import { LatchkeyError } from "./model/errors.ts";
import type { HostedStore } from "./model/hosted-store.ts";
import type { Sealer } from "./model/seal.ts";
import { createLogger } from "./observe/create-logger.ts";
import { NO_TELEMETRY, startTelemetry, type Telemetry } from "./observe/open-telemetry.ts";
import { createFolderArtifacts } from "./store/artifacts/folder.ts";
import { startEmbeddedPostgres } from "./store/embedded/embedded-postgres.ts";
import type { DatabaseAddress } from "./store/sql/database.ts";
import { openHostedStore } from "./store/sql/hosted-store.ts";
import { hasSealedRecords } from "./store/sql/upkeep.ts";

/** `.ts` from a checkout, `.js` from a package: other entries are beside this one, in the same form. */
export const EXTENSION = extname(import.meta.filename);

export { MAX_ARCHIVE_BYTES };

/** A hosted runtime's shared parts, of a server or of a worker. */
export interface HostedRuntime extends AsyncDisposable {
  readonly environment: Environment;
  readonly hosted: HostedEnvironment;
  readonly store: HostedStore;
  readonly artifacts: ArtifactStore;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly version: string;
  /** File URL of what `import "latchkey"` means. */
  readonly runtimeEntry: string;
}

/** How a runtime is opened. */
export interface OpenRuntimeOptions {
  readonly env: EnvironmentVariables;
  readonly cwd: string;
  readonly component: "server" | "worker" | "keys";
  /** Without DATABASE_URL: start the embedded PostgreSQL, or only use the one that a server runs. */
  readonly embedded: "start" | "join";
  readonly connections: number;
  readonly log?: Logger;
}

/**
 * Opens the database, the seal key and the artifact store that the environment names.
 *
 * @throws LatchkeyError `SETTINGS_INVALID`, `DATABASE_FAILED`, `STORE_UNAVAILABLE`, `SCHEMA_NEWER`, `SEAL_KEY_*`.
 */
export async function openRuntime({ env, cwd, component, embedded, connections, log: givenLog }: OpenRuntimeOptions): Promise<HostedRuntime> {
  const environment = readEnvironment(env);
  const hosted = readHostedEnvironment(env, cwd);
  const log = givenLog ?? createLogger({ level: hosted.logLevel, component });
  await using cleanup = new AsyncDisposableStack();
  await mkdir(hosted.dataDir, { recursive: true, mode: 0o700 });
  if (!existsSync(join(hosted.dataDir, ".gitignore"))) await writeFile(join(hosted.dataDir, ".gitignore"), "*\n");
  const address = await addressOf(hosted, embedded, cleanup, log);
  const sealer = await openSealer(environment, address);
  const version = versionOfPackage();
  const telemetry = cleanup.use(hosted.otlpEndpoint === null ? NO_TELEMETRY : await startTelemetry({ endpoint: hosted.otlpEndpoint, component, version }));
  const store = cleanup.use(await openHostedStore({ address, sealer, timing: TIMING, name: `latchkey ${component}`, connections, supervise: component !== "keys", onError: (error) => log.warn(error.message) }));
  const artifacts = await openArtifacts(hosted);
  const kept = cleanup.move();
  let ending: Promise<void> | null = null;
  return { environment, hosted, store, artifacts, log, telemetry, version, runtimeEntry: pathToFileURL(join(import.meta.dirname, `index${EXTENSION}`)).href, [Symbol.asyncDispose]: () => (ending ??= kept.disposeAsync()) };
}

async function addressOf(hosted: HostedEnvironment, embedded: "start" | "join", cleanup: AsyncDisposableStack, log: Logger): Promise<DatabaseAddress> {
  if (hosted.databaseUrl !== null) return { url: hosted.databaseUrl };
  if (embedded === "start") {
    const { socketDir } = cleanup.use(await startEmbeddedPostgres({ dir: hosted.dataDir, onError: (message) => log.error(message) }));
    return { socketDir };
  }
  const socketDir = (await readFile(join(hosted.dataDir, "postgres", "socket"), "utf8").catch(() => "")).trim();
  if (socketDir === "" || !existsSync(socketDir)) throw new LatchkeyError("DATABASE_FAILED", `No latchkey serve runs on ${hosted.dataDir}, and DATABASE_URL is not set.`, { hint: "Start latchkey serve first, set LATCHKEY_DATA_DIR to its data folder, or set DATABASE_URL." });
  return { socketDir };
}

/** A new key is made only where nothing was sealed yet: it could not open what is there. */
async function openSealer(environment: Environment, address: DatabaseAddress): Promise<Sealer> {
  const { sealKey: keyText, sealKeyFile: keyFile } = environment;
  const keys = await loadSealKeys({ keyText, keyFile, mayCreate: false }).catch(async (thrown: unknown) => {
    if (!(thrown instanceof LatchkeyError) || thrown.code !== "SEAL_KEY_MISSING") throw thrown;
    return loadSealKeys({ keyText, keyFile, mayCreate: !(await hasSealedRecords(address)) });
  });
  return createSealer(keys, () => (keyText === null ? reloadSealKeys(keyFile) : []));
}

async function openArtifacts({ artifacts }: HostedEnvironment): Promise<ArtifactStore> {
  if (artifacts.kind === "folder") return createFolderArtifacts(artifacts.dir);
  // The AWS SDK takes a tenth of a second to load, which only those who use it should wait for.
  const { createS3Artifacts } = await import("./store/artifacts/s3.ts");
  return createS3Artifacts(artifacts);
}

/** The version of this package. */
export function versionOfPackage(): string {
  const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string };
  return version;
}
