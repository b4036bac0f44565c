import { addSealKey, dropOldSealKeys } from "./auth-sessions/seal/load-seal-key.ts";
import { readEnvironment, type EnvironmentVariables } from "./config/environment.ts";
import { openRuntime } from "./compose-hosted.ts";
import { LatchkeyError } from "./model/errors.ts";
import type { HostedStore } from "./model/hosted-store.ts";
import { createLogger } from "./observe/create-logger.ts";

/** The database that the environment names, for commands on the server's own machine. */
export interface KeyDesk extends AsyncDisposable {
  readonly store: HostedStore;
  readonly workspaceId: string;
}

const CONNECTIONS = 3;
/** Nobody reads the log of a command. */
const log = createLogger({ level: "error", component: "keys" });

/** Opens it. @throws LatchkeyError as `openRuntime` does. */
export async function openKeyDesk({ env, cwd }: { readonly env: EnvironmentVariables; readonly cwd: string }): Promise<KeyDesk> {
  const runtime = await openRuntime({ env, cwd, component: "keys", embedded: "join", connections: CONNECTIONS, log });
  const { id } = await runtime.store.defaultWorkspace();
  return { store: runtime.store, workspaceId: id, [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose]() };
}

/**
 * Makes a new seal key and wraps everything of the database with it. Servers and workers that run take the new key
 * up when they first meet it; what they seal until then still needs the old one, which stays in the file.
 *
 * @param dropOld removes the old keys afterwards: only when every server and worker was started again, or runs with the new key.
 * @throws LatchkeyError `USAGE`, `SEAL_KEY_*`, `STORE_UNAVAILABLE`.
 */
export async function rotateSealKey({ env, cwd, dropOld }: { readonly env: EnvironmentVariables; readonly cwd: string; readonly dropOld: boolean }): Promise<{ readonly rewrapped: number; readonly keyFile: string }> {
  const { sealKey, sealKeyFile } = readEnvironment(env);
  if (sealKey !== null && !dropOld) {
    // The operator changes the variable: the newest first, the old ones behind it.
    await using desk = await openKeyDesk({ env, cwd });
    return { rewrapped: await desk.store.rewrapAll(), keyFile: "LATCHKEY_SEAL_KEY" };
  }
  if (sealKey !== null) throw new LatchkeyError("USAGE", "The seal keys come from LATCHKEY_SEAL_KEY, which only you can change.", { hint: "Leave only the newest key in it, everywhere." });
  if (!dropOld) await addSealKey(sealKeyFile);
  await using desk = await openKeyDesk({ env, cwd });
  const rewrapped = await desk.store.rewrapAll();
  if (dropOld) await dropOldSealKeys(sealKeyFile);
  await desk.store.audit.note(desk.workspaceId, { actor: "command line", action: "seal-key.rotate", subject: sealKeyFile, details: { rewrapped, dropOld } });
  return { rewrapped, keyFile: sealKeyFile };
}
