import { LatchkeyError } from "../model/errors.ts";
import type { PendingDelivery } from "../model/hosted-store.ts";
import { postWebhook } from "./post-webhook.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** What delivering needs. */
export interface DeliverParts {
  readonly resolve: ResolveHost;
  /** The results of a job run, a line each. */
  readonly lines: (jobRunId: string) => AsyncIterable<string>;
}

/**
 * Brings a result to its sink. At least once: whoever takes it may see it again, under the same id or name.
 *
 * @throws LatchkeyError when it was not delivered.
 */
export async function deliver({ resolve, lines }: DeliverParts, { id, kind, sink, name, body, jobRunId, secrets }: PendingDelivery): Promise<void> {
  if (sink.type === "webhook") {
    await postWebhook({ url: sink.url, headers: sink.headers, body: JSON.stringify(body), id, secrets, resolve });
    return;
  }
  if (kind === "job-run" && jobRunId === null) throw new LatchkeyError("INTERNAL", "The delivery names no job run.");
  const { putObject } = await import("./put-object.ts");
  const text = kind === "job-run" ? await join(lines(jobRunId ?? "")) : JSON.stringify(body);
  const isLines = sink.format === "jsonl";
  await putObject({ sink, name, body: isLines && kind !== "job-run" ? `${text}\n` : text, contentType: isLines ? "application/jsonl" : "application/json", resolve });
}

async function join(lines: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const line of lines) text += line;
  return text;
}
