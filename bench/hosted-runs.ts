/**
 * What the hosted runtime adds to a run, how soon an idle worker starts one, and what an idle slot weighs.
 *
 * @module
 */
import { readFile, readdir } from "node:fs/promises";
import type { JsonObject } from "../runtime/model/json.ts";
import { ACCOUNT, startLoginSite } from "../test/fixtures/login-site.ts";
import { startHosted } from "../test/support/hosted.ts";
import { median, ms, printTable, timeMs } from "./measure.ts";
import { percentile } from "./percentile.ts";

const REPEATS = 40;
const SLOTS = 2;
const MIB = 1_024;

await using site = await startLoginSite();
await using hosted = await startHosted({ slots: SLOTS, env: { LATCHKEY_LOG_LEVEL: "error" } });
const run = async (body: JsonObject): Promise<JsonObject> => {
  const answer = await hosted.request("POST", "run", { saveTrace: false, ...body });
  if (answer.body["status"] !== "completed") throw new Error(JSON.stringify(answer.body));
  return (await hosted.request("GET", `runs/${String(answer.body["runId"])}`)).body;
};
const { body: created } = await hosted.request("POST", "auth-sessions/create", { id: "sam", parameters: { ...ACCOUNT, url: site.url } });
await hosted.ended(String(created["operationId"]));

/** Time in phases of the author's own code. */
const ownMs = (details: JsonObject, names: readonly string[]): number => ((details["attempts"] as readonly JsonObject[]).at(-1)?.["phases"] as unknown as readonly { readonly name: string; readonly durationMs: number }[]).filter(({ name }) => names.includes(name)).reduce((sum, { durationMs }) => sum + durationMs, 0);
const measure = async (body: JsonObject, own: readonly string[]): Promise<{ readonly whole: readonly number[]; readonly added: readonly number[]; readonly start: readonly number[] }> => {
  const [whole, added, start]: [number[], number[], number[]] = [[], [], []];
  for (let repeat = -3; repeat < REPEATS; repeat++) {
    let details: JsonObject = {};
    const begin = performance.now();
    const answer = await hosted.request("POST", "run", { saveTrace: false, ...body });
    const durationMs = performance.now() - begin;
    details = (await hosted.request("GET", `runs/${String(answer.body["runId"])}`)).body;
    // The first rounds warm the pools up.
    if (repeat < 0) continue;
    whole.push(durationMs);
    added.push(durationMs - ownMs(details, own));
    start.push(Date.parse(String(details["startedAt"])) - Date.parse(String(details["createdAt"])));
  }
  return { whole, added, start };
};
await run({ api: "hello", parameters: { name: "warm" } });
const plain = await measure({ api: "hello", parameters: { name: "Sam" } }, ["api"]);
const login = await measure({ api: "whoami", parameters: {}, authSession: { id: "sam" } }, ["api", "check"]);
const row = (name: string, values: readonly number[]): readonly string[] => [name, ms(median(values)), ms(percentile(values, 0.95))];
printTable(`One run at a time on ${SLOTS} idle slots (${REPEATS} of each)`, [
  ["", "median", "p95"],
  row("request to start of the attempt", [...plain.start, ...login.start]),
  row("request to result, an API that does nothing", plain.whole),
  row("  of it the runtime's (all but the code's own phase)", plain.added),
  row("request to result, with an auth session (restore, check, API, capture, save)", login.whole),
  row("  of it the runtime's (all but check and API)", login.added),
]);

const answered = await Promise.all(Array.from({ length: 200 }, () => timeMs(() => hosted.request("GET", "/healthz"))));
printTable("Requests that touch nothing, 200 at once", [["", "median", "p95"], row("GET /healthz", answered)]);

/** Proportional memory: what is shared is counted once. */
async function treeMiB(pid: number): Promise<{ readonly total: number; readonly processes: number }> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const name of pids) {
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const isBelow = (one: number): boolean => one === pid || (one > 1 && isBelow(parents.get(one) ?? 0));
  let total = 0;
  let processes = 0;
  for (const one of parents.keys()) {
    if (!isBelow(one)) continue;
    const rollup = await readFile(`/proc/${one}/smaps_rollup`, "utf8").catch(() => "");
    total += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / MIB;
    processes += 1;
  }
  return { total, processes };
}
const worker = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
for (const name of worker) {
  const command = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
  const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
  if (!/main\.js\0worker/.test(command) || Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) !== hosted.server.pid) continue;
  const { total, processes } = await treeMiB(Number(name));
  const own = Number(/^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${name}/smaps_rollup`, "utf8"))?.[1] ?? 0) / MIB;
  printTable(`Memory (PSS) of an idle worker with ${SLOTS} slots`, [["worker itself", "each idle slot (child process and browser)", "processes"], [`${own.toFixed(0)} MiB`, `${((total - own) / SLOTS).toFixed(0)} MiB`, String(processes)]]);
}
