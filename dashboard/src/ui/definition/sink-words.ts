import type { Sink } from "../../api/definitions.ts";

/** Where results go, in words. */
export function sinkWords(sink: Sink | null | undefined): string {
  if (sink === null || sink === undefined) return "None";
  const where = sink.type === "webhook" ? `Webhook ${sink.url ?? ""}` : `Bucket ${sink.bucket ?? ""}${sink.prefix === undefined ? "" : `, ${sink.prefix}`}`;
  return `${where}${sink.skipOnFail === true ? ", completed runs only" : ""}`;
}
