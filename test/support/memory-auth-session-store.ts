import type { AuthSession, AuthSessionStore } from "../../runtime/model/auth-session.ts";
import { LatchkeyError } from "../../runtime/model/errors.ts";

/** An auth session store for tests of rules that do not depend on where sessions are kept. */
export function createMemoryAuthSessionStore(sessions: readonly AuthSession[]): AuthSessionStore {
  const records = new Map(sessions.map((session) => [session.summary.id, session]));
  const locks = new Map<string, Promise<unknown>>();
  return {
    list: () => Promise.resolve([...records.values()].map(({ summary }) => summary)),
    summary: (id) => Promise.resolve(records.get(id)?.summary ?? null),
    get: (id) => Promise.resolve(records.get(id) ?? null),
    put: (session, expected) => {
      const current = records.get(session.summary.id)?.summary.version ?? null;
      if (current !== expected) return Promise.reject(new LatchkeyError("STATE_CONFLICT", "changed meanwhile"));
      const written = { ...session, summary: { ...session.summary, version: (expected ?? 0) + 1 } };
      records.set(session.summary.id, written);
      return Promise.resolve(written);
    },
    delete: (id) => Promise.resolve(records.delete(id)),
    async withLock(id, purpose, _options, work) {
      const key = `${purpose} ${id}`;
      const before = locks.get(key) ?? Promise.resolve();
      const mine = before.then(work, work);
      locks.set(key, mine.catch(() => undefined));
      return mine;
    },
  };
}
