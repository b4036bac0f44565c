import { LatchkeyError } from "../../model/errors.ts";
import type { AuthSessionSummary } from "../../model/auth-session.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json.ts";
import type { ProjectHandle } from "../../model/open-project.ts";
import type { RunEvent, RunRecord } from "../../model/run.ts";
import { EMPTY_STATE, type StorageState } from "../../model/storage-state.ts";
import { executeRemotely } from "./execute-remotely.ts";
import type { HttpClient } from "./http-client.ts";
import { listOf, toOutcome, toRecord } from "./read-answers.ts";

const TIMEOUT_MS = 600_000;
const ATTEMPTS = 3;
const MINIMUM_PREFIX = 4;
const SEARCHED = 200;

/** A project on a server, as the commands use it. */
export function openRemoteProject(client: HttpClient): ProjectHandle {
  const summaryOf = async (id: string): Promise<AuthSessionSummary | null> => {
    const answer = await client.request("GET", `auth-sessions/${encodeURIComponent(id)}`).catch((thrown: unknown) => {
      if (thrown instanceof LatchkeyError && thrown.code === "AUTH_SESSION_NOT_FOUND") return null;
      throw thrown;
    });
    return summaryIn(answer);
  };
  const find = async (wanted: string): Promise<RunRecord | null> => {
    const isWhole = /^[0-9a-f-]{36}$/.test(wanted);
    const runs = isWhole ? [] : listOf(await client.request("GET", `runs?limit=${wanted === "last" ? 1 : SEARCHED}`), "runs");
    const matching = runs.filter(({ runId }) => wanted === "last" || (typeof runId === "string" && wanted.length >= MINIMUM_PREFIX && (runId.startsWith(wanted) || runId.endsWith(wanted))));
    if (matching.length > 1) throw new LatchkeyError("RUN_NOT_FOUND", `"${wanted}" fits ${matching.length} runs.`, { hint: "Give more of the id." });
    const runId = isWhole ? wanted : matching[0]?.["runId"];
    if (typeof runId !== "string") return null;
    const answer = await client.request("GET", `runs/${runId}`).catch((thrown: unknown) => {
      if (thrown instanceof LatchkeyError && thrown.code === "RUN_NOT_FOUND") return null;
      throw thrown;
    });
    if (!isJsonObject(answer)) return null;
    const record = toRecord(answer);
    return record.status === "completed" || record.status === "failed" || record.status === "canceled" ? { ...record, outcome: toOutcome(answer) } : record;
  };
  return {
    defaults: { timeoutMs: TIMEOUT_MS, maximumAttempts: ATTEMPTS, createAttempts: ATTEMPTS, startUrl: null, finish: null },
    authSessions: {
      async list() {
        const answer = await client.request("GET", "auth-sessions");
        return Array.isArray(answer) ? answer.map(summaryIn).filter((summary) => summary !== null) : [];
      },
      summary: summaryOf,
      async get(id) {
        const summary = await summaryOf(id);
        if (summary === null) return null;
        const state = await client.request("POST", `auth-sessions/${encodeURIComponent(id)}/export`);
        // The server's own answer; parameters never leave it.
        return { summary, secrets: { parameters: {}, proxyUrl: null, state: isJsonObject(state) ? (state as unknown as StorageState) : EMPTY_STATE } };
      },
      async delete(id) {
        await client.request("DELETE", `auth-sessions/${encodeURIComponent(id)}`);
        return true;
      },
    },
    runs: {
      async list(limit) {
        return listOf(await client.request("GET", `runs?limit=${Math.min(limit, SEARCHED)}`), "runs").map(toRecord);
      },
      find,
      async events(runId) {
        const events: RunEvent[] = [];
        const { logs } = (await client.request("GET", `runs/${runId}/logs`)) as { readonly logs?: JsonValue };
        for (const event of Array.isArray(logs) ? logs : []) events.push(event as unknown as RunEvent);
        return events;
      },
      folder: (runId) => `${client.server}/api/v1/workspace/default/projects/${client.project ?? ""}/runs/${runId}/artifacts`,
    },
    execute: (request, io) => executeRemotely(client, request, io),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Our own summary is beside the contract's keys; one that is only being created has none yet. */
function summaryIn(answer: JsonValue): AuthSessionSummary | null {
  const details: JsonObject | null = isJsonObject(answer) && isJsonObject(answer["details"]) ? answer["details"] : null;
  return details === null ? null : (details as unknown as AuthSessionSummary);
}
