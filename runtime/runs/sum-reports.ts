import type { ProxyReport } from "../model/proxy.ts";

/** What went through all listeners of an attempt; null when there was none. */
export function sumReports(reports: readonly ProxyReport[]): ProxyReport | null {
  if (reports.length === 0) return null;
  return reports.reduce((sum, report) => ({
    sentBytes: sum.sentBytes + report.sentBytes,
    receivedBytes: sum.receivedBytes + report.receivedBytes,
    connections: sum.connections + report.connections,
    failures: [...sum.failures, ...report.failures],
  }));
}
