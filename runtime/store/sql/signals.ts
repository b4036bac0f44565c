import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { isJsonObject } from "../../model/json.ts";
import type { Signal, SignalListener } from "../../model/signals.ts";
import type { Database, Sql } from "./database.ts";

const CHANNEL = "latchkey";
const RECONNECT_MS = 250;
const KINDS = new Set(["work", "events", "ended", "cancel", "answer", "frame", "watch", "input", "selection", "deliver", "dispatch"]);

/** Tells all processes on the database; in a transaction it is told when that commits. */
export async function tellSignal(sql: Sql, signal: Signal): Promise<void> {
  await sql.query("select pg_notify($1, $2)", [CHANNEL, JSON.stringify(signal)]);
}

/** Listens on a connection of its own, and connects again whenever it breaks. */
export async function listenForSignals(database: Database): Promise<SignalListener> {
  const listeners = new Set<(signal: Signal | null) => void>();
  const tell = (signal: Signal | null): void => listeners.forEach((listener) => listener(signal));
  const ending = new AbortController();
  let current = await listen(database, tell);
  const keeping = (async () => {
    while (!ending.signal.aborted) {
      await current.broken;
      while (!ending.signal.aborted) {
        await delay(RECONNECT_MS, undefined, { signal: ending.signal }).catch(() => undefined);
        const next = ending.signal.aborted ? null : await listen(database, tell).catch(() => null);
        if (next === null) continue;
        current = next;
        tell(null);
        break;
      }
    }
  })();
  const on = (listener: (signal: Signal | null) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    on,
    watch(fits) {
      let told = Promise.withResolvers<void>();
      const off = on((signal) => {
        if (signal === null || fits(signal)) told.resolve();
      });
      return {
        wake: () => told.resolve(),
        async next({ timeoutMs, signal }) {
          const timer = setTimeout(() => told.resolve(), timeoutMs);
          const onAbort = (): void => told.resolve();
          signal?.addEventListener("abort", onAbort, { once: true });
          if (signal?.aborted === true) onAbort();
          await told.promise;
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
          told = Promise.withResolvers<void>();
        },
        [Symbol.dispose]: off,
      };
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await current.client.end().catch(() => undefined);
      await keeping;
    },
  };
}

async function listen(database: Database, tell: (signal: Signal | null) => void): Promise<{ readonly client: pg.Client; readonly broken: Promise<void> }> {
  const client = await database.connectAlone();
  const broken = Promise.withResolvers<void>();
  client.on("error", () => broken.resolve());
  client.on("end", () => broken.resolve());
  client.on("notification", ({ payload }) => {
    const signal = parse(payload ?? "");
    if (signal !== null) tell(signal);
  });
  await client.query(`listen ${CHANNEL}`);
  return { client, broken: broken.promise };
}

/** Something else on the same database may use the channel. */
function parse(payload: string): Signal | null {
  try {
    const value: unknown = JSON.parse(payload);
    return isJsonObject(value) && typeof value["kind"] === "string" && KINDS.has(value["kind"]) ? (value as unknown as Signal) : null;
  } catch {
    return null;
  }
}
