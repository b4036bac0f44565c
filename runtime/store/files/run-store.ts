import { appendFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";
import { isJsonObject } from "../../model/json.ts";
import type { RunEvent, RunRecord, RunStore } from "../../model/run.ts";
import { readJson, writeAtomically } from "./atomic-file.ts";
import { isSameProcess, processStamp } from "./process-stamp.ts";

const RECORD = "run.json";
const LOG = "log.jsonl";
const MINIMUM_PREFIX = 4;
const RUN_ID = /^[0-9a-f-]{36}$/;

/** Runs as folders, one per run. Their ids begin with the time, so names sort by age. */
export function createFileRunStore({ dir, keep }: { readonly dir: string; readonly keep: number }): RunStore {
  const folder = (runId: string): string => join(dir, runId);
  const ids = async (): Promise<readonly string[]> => (await readdir(dir).catch(() => [])).filter((name) => RUN_ID.test(name)).sort().reverse();
  const read = async (runId: string): Promise<RunRecord | null> => {
    const json = await readJson(join(folder(runId), RECORD)).catch(() => null);
    if (!isJsonObject(json) || typeof json["runId"] !== "string") return null;
    const record = json as unknown as RunRecord & { readonly process?: ReturnType<typeof processStamp> };
    const isLost = record.status === "running" && !isSameProcess(record.process ?? { pid: record.pid, startedAt: "" });
    return isLost ? { ...record, status: "lost" } : record;
  };
  const write = (record: RunRecord): Promise<void> => writeAtomically(join(folder(record.runId), RECORD), `${JSON.stringify({ ...record, process: processStamp(record.pid) }, null, 2)}\n`);
  const sweep = async (): Promise<void> => {
    for (const runId of (await ids()).slice(keep)) if ((await read(runId))?.status !== "running") await rm(folder(runId), { recursive: true, force: true });
  };

  return {
    folder,
    async begin(record) {
      await sweep();
      await mkdir(join(folder(record.runId), "files"), { recursive: true, mode: 0o700 });
      await write(record);
      return folder(record.runId);
    },
    append(runId, event) {
      try {
        appendFileSync(join(folder(runId), LOG), `${JSON.stringify(event)}\n`, { mode: 0o600 });
      } catch {
        // A log that cannot be written, on a full disk for instance, must not end the run; its outcome tells.
      }
    },
    end: write,
    async list(limit) {
      const records: RunRecord[] = [];
      for (const runId of await ids()) {
        if (records.length >= limit) break;
        const record = await read(runId);
        if (record !== null) records.push(record);
      }
      return records;
    },
    async find(idOrPrefix) {
      const known = await ids();
      if (idOrPrefix === "last") return known[0] === undefined ? null : read(known[0]);
      const matching = known.filter((runId) => runId === idOrPrefix || (idOrPrefix.length >= MINIMUM_PREFIX && (runId.startsWith(idOrPrefix) || runId.endsWith(idOrPrefix))));
      if (matching.length > 1) throw new LatchkeyError("RUN_NOT_FOUND", `"${idOrPrefix}" fits ${matching.length} runs.`, { hint: "Give more of the id." });
      return matching[0] === undefined ? null : read(matching[0]);
    },
    async events(runId) {
      const text = await readFile(join(folder(runId), LOG), "utf8").catch(() => "");
      return text.split("\n").flatMap((line) => parseLine(line));
    },
  };
}

/** The last line may be cut off when the process was killed while it wrote. */
function parseLine(line: string): readonly RunEvent[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as RunEvent];
  } catch {
    return [];
  }
}
