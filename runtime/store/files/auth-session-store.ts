import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AuthSession, AuthSessionSecrets, AuthSessionStore, AuthSessionSummary } from "../../model/auth-session.ts";
import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject } from "../../model/json.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import { readJson, writeAtomically } from "./atomic-file.ts";
import { withFileLock } from "./lock.ts";

const SUFFIX = ".json";
const WRITE_TIMEOUT_MS = 30_000;

/** Where the sessions of a project are, and how they are opened. */
export interface FileAuthSessionStoreOptions {
  readonly dir: string;
  /** The sealer; may make a key only where nothing was sealed before. */
  readonly openSealer: (mayCreate: boolean) => Promise<Sealer>;
}

interface StoredFile {
  readonly summary: AuthSessionSummary;
  readonly sealed: SealedBox;
}

/** Auth sessions as sealed files, one per session. */
export function createFileAuthSessionStore({ dir, openSealer }: FileAuthSessionStoreOptions): AuthSessionStore {
  const fileOf = (id: string): string => join(dir, `${encodeId(id)}${SUFFIX}`);
  const read = async (id: string): Promise<StoredFile | null> => {
    const json = await readJson(fileOf(id));
    if (json === null) return null;
    return parseFile(json, fileOf(id));
  };
  const list = async (): Promise<readonly AuthSessionSummary[]> => {
    const names = await namesIn(dir);
    const summaries: AuthSessionSummary[] = [];
    for (const name of names.filter((candidate) => candidate.endsWith(SUFFIX))) {
      const file = join(dir, name);
      try {
        summaries.push(parseFile(await readJson(file), file).summary);
      } catch (thrown) {
        if (!(thrown instanceof LatchkeyError) || thrown.code !== "STORE_CORRUPT") throw thrown;
        summaries.push(brokenSummary(decodeId(name.slice(0, -SUFFIX.length)), thrown));
      }
    }
    return summaries.sort((a, b) => (a.id < b.id ? -1 : 1));
  };

  return {
    list,
    summary: async (id) => (await read(id))?.summary ?? null,
    async get(id) {
      const stored = await read(id);
      if (stored === null) return null;
      const sealer = await openSealer(false);
      // What was sealed was ours; its authenticity has just been checked.
      const secrets = JSON.parse(sealer.open(stored.sealed, contextOf(id))) as AuthSessionSecrets;
      return { summary: stored.summary, secrets };
    },
    put: (session, expectedVersion) =>
      withFileLock(join(dir, "locks", `${encodeId(session.summary.id)}.write`), { timeoutMs: WRITE_TIMEOUT_MS, signal: new AbortController().signal }, async () => {
        const { id } = session.summary;
        const current = await read(id);
        if ((current?.summary.version ?? null) !== expectedVersion) throw new LatchkeyError("STATE_CONFLICT", `The auth session "${id}" was changed by somebody else meanwhile.`);
        const sealer = await openSealer((await list()).length === 0);
        const written: AuthSession = { ...session, summary: { ...session.summary, version: (expectedVersion ?? 0) + 1 } };
        await writeAtomically(fileOf(id), `${JSON.stringify({ summary: written.summary, sealed: sealer.seal(JSON.stringify(written.secrets), contextOf(id)) }, null, 2)}\n`);
        return written;
      }),
    delete: (id) => withFileLock(join(dir, "locks", `${encodeId(id)}.write`), { timeoutMs: WRITE_TIMEOUT_MS, signal: new AbortController().signal }, async () => {
      const wasThere = (await namesIn(dir)).includes(`${encodeId(id)}${SUFFIX}`);
      await rm(fileOf(id), { force: true });
      return wasThere;
    }),
    withLock: (id, purpose, options, work) => withFileLock(join(dir, "locks", `${encodeId(id)}.${purpose}`), options, work),
  };
}

/** A folder that is not there is empty; one that cannot be read is not, lest a new key be made beside old sessions. */
async function namesIn(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch((thrown: unknown) => {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw new LatchkeyError("ENVIRONMENT", `${dir} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`, { cause: thrown });
  });
}

const contextOf = (id: string): string => `auth-session ${id}`;

/** Ids that differ in case only must not share a file where the file system ignores case. */
function encodeId(id: string): string {
  return id.replaceAll(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`);
}

function decodeId(name: string): string {
  return name.replaceAll(/=([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function parseFile(json: unknown, file: string): StoredFile {
  const isWhole = isJsonObject(json) && isJsonObject(json["summary"]) && typeof json["summary"]["id"] === "string" && typeof json["summary"]["version"] === "number" && isJsonObject(json["sealed"]) && json["sealed"]["format"] === 1 && typeof json["sealed"]["keyId"] === "string" && typeof json["sealed"]["data"] === "string" && typeof json["sealed"]["wrappedKey"] === "string";
  if (!isWhole) throw new LatchkeyError("STORE_CORRUPT", `${file} is not an auth session; it was left as it is.`);
  return json as unknown as StoredFile;
}

/** Shown in lists, so that one broken file does not hide the others. */
function brokenSummary(id: string, { code, message }: LatchkeyError): AuthSessionSummary {
  return { id, type: "credentials", status: "needs-attention", createdAt: "", updatedAt: "", loggedInAt: "", lastCheckAt: null, lastUsedAt: null, failedLogins: 0, lastError: { code, message }, proxy: null, losses: [], counts: { cookies: 0, origins: 0 }, version: 0 };
}
