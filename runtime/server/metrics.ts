import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { HostedStore } from "../model/hosted-store.ts";

/** What Prometheus is told. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** One answered request. */
  request(method: string, route: string, status: number, seconds: number): void;
}

/** Metrics of this server, and of the whole runtime as its database knows it, so every server answers for all workers. */
export function createMetrics(store: HostedStore): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "latchkey_server_" });
  const registers = [registry];
  const requests = new Histogram({ name: "latchkey_http_request_seconds", help: "Time to answer a request.", labelNames: ["method", "route", "status"], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30], registers });
  const scrapes = new Counter({ name: "latchkey_scrape_failures_total", help: "Scrapes for which the database did not answer.", registers });
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge => new Gauge({ name, help, labelNames: [...labelNames], registers });
  const waiting = gauge("latchkey_runs_ready", "Runs that wait for nothing but a slot: what to scale workers by.");
  const runs = gauge("latchkey_runs", "Runs that have not ended, by status.", ["project", "status"]);
  const held = gauge("latchkey_runs_held", "Payloads of jobs and items of queues whose turn has not come.", ["project", "of"]);
  const deliveries = gauge("latchkey_deliveries", "Results that are on their way to a sink (pending) or were given up (failed).", ["status"]);
  const endings = gauge("latchkey_runs_ended", "Runs of the last hour by how they ended.", ["project", "status", "code"]);
  const workers = gauge("latchkey_workers", "Workers by state.", ["state"]);
  const slots = gauge("latchkey_slots", "Slots of workers that live.", ["state"]);
  const memory = gauge("latchkey_worker_memory_bytes", "Resident memory of a worker, without its children and browsers.", ["worker"]);

  const collect = async (): Promise<void> => {
    const [ready, counts, turns, sent, ended, all] = await Promise.all([store.runs.readyCount(), store.runs.counts(), store.runs.heldCounts(), store.deliveries.counts(), store.runs.endings(Date.now() - 3_600_000), store.workers.list()]);
    for (const one of [runs, held, endings, workers, slots, memory]) one.reset();
    waiting.set(ready);
    for (const { project, status, count } of counts) runs.set({ project, status }, count);
    for (const { project, of, count } of turns) held.set({ project, of }, count);
    for (const [status, count] of Object.entries(sent)) deliveries.set({ status }, count);
    for (const { project, status, errorCode, count } of ended) endings.set({ project, status, code: errorCode }, count);
    for (const { state } of all) workers.inc({ state });
    for (const { id, state, slots: total, busy, memoryBytes } of all) {
      if (state === "lost") continue;
      slots.inc({ state: "busy" }, busy);
      slots.inc({ state: "idle" }, Math.max(0, total - busy));
      memory.set({ worker: id }, memoryBytes);
    }
  };
  return {
    contentType: registry.contentType,
    async text() {
      await collect().catch(() => scrapes.inc());
      return registry.metrics();
    },
    request: (method, route, status, seconds) => requests.observe({ method, route, status: String(status) }, seconds),
  };
}
