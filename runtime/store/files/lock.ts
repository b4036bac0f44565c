import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import lockfile from "proper-lockfile";
import { LatchkeyError } from "../../model/errors.ts";
import { isSameProcess, processStamp } from "./process-stamp.ts";

const STALE_MS = 10_000;
const POLL_MS = 50;

/** How a lock is waited for. */
export interface LockOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called once, when somebody else has it. */
  readonly onWait?: () => void;
}

/**
 * Runs `work` while no other process of this machine, nor another call in this one, holds the lock file.
 * The lock of a process that was killed is free at once.
 *
 * @throws LatchkeyError `AUTH_SESSION_BUSY`, or the signal's reason.
 */
export async function withFileLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const release = await acquire(file, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(file: string, { timeoutMs, signal, onWait }: LockOptions): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const holderFile = `${file}.holder`;
  const endsAtMs = performance.now() + timeoutMs;
  for (let number = 1; ; number++) {
    if (signal.aborted) throw signal.reason;
    try {
      const release = await lockfile.lock(file, { realpath: false, stale: STALE_MS, update: STALE_MS / 4, lockfilePath: `${file}.lock`, onCompromised: () => undefined });
      await writeFile(holderFile, JSON.stringify(processStamp()), { mode: 0o600 });
      return async () => {
        await rm(holderFile, { force: true });
        // A lock that was taken from us, after this machine slept, is not ours to release.
        await release().catch(() => undefined);
      };
    } catch (thrown) {
      // ENOENT: a dead holder's lock was freed at this moment by somebody else.
      if (!(thrown instanceof Error && "code" in thrown && (thrown.code === "ELOCKED" || thrown.code === "ENOENT"))) throw new LatchkeyError("ENVIRONMENT", `The lock ${file} cannot be taken: ${thrown instanceof Error ? thrown.message : String(thrown)}.`, { cause: thrown });
    }
    const holder = await readHolder(holderFile);
    if (holder !== null && !isSameProcess(holder)) {
      await freeDeadLock(file);
      continue;
    }
    if (number === 1) onWait?.();
    if (performance.now() >= endsAtMs) throw new LatchkeyError("AUTH_SESSION_BUSY", `Another run${holder === null ? "" : ` (process ${holder.pid})`} holds the auth session, and it did not become free within ${Math.round(timeoutMs / 1000)} s.`);
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Under a lock of its own, and after a second look: of many who see the dead holder, one frees its lock, and never a living one's. */
async function freeDeadLock(file: string): Promise<void> {
  const release = await lockfile.lock(`${file}.takeover`, { realpath: false, stale: STALE_MS, lockfilePath: `${file}.takeover`, onCompromised: () => undefined }).catch(() => null);
  if (release === null) return;
  try {
    const holder = await readHolder(`${file}.holder`);
    if (holder === null || isSameProcess(holder)) return;
    await rm(`${file}.holder`, { force: true });
    await rm(`${file}.lock`, { recursive: true, force: true });
  } finally {
    await release().catch(() => undefined);
  }
}

async function readHolder(holderFile: string): Promise<{ readonly pid: number; readonly startedAt: string } | null> {
  try {
    const value: unknown = JSON.parse(await readFile(holderFile, "utf8"));
    if (typeof value !== "object" || value === null || !("pid" in value) || !("startedAt" in value)) return null;
    return typeof value.pid === "number" && typeof value.startedAt === "string" ? { pid: value.pid, startedAt: value.startedAt } : null;
  } catch {
    // Not written yet, or just removed.
    return null;
  }
}
