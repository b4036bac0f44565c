import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { Webhook } from "standardwebhooks";
import { LatchkeyError } from "../model/errors.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** Less than the engine waits for a sign of life. */
const TIMEOUT_MS = 8_000;

/** A POST to somebody's own address. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Unique to the delivery, the same in all its tries: receivers tell repeats apart by it. */
  readonly id: string;
  /** What it is signed with, as Standard Webhooks defines it (https://www.standardwebhooks.com): a signature for each. */
  readonly secrets: readonly string[];
  readonly resolve: ResolveHost;
}

/**
 * Delivers a webhook. The name is resolved once and judged, and the connection goes to that very address, so that
 * a name server cannot lead it elsewhere; redirects are not followed.
 *
 * @throws LatchkeyError `EGRESS_DENIED`, `SINK_FAILED`, `REQUEST_INVALID`.
 */
export async function postWebhook({ url, headers, body, id, secrets, resolve }: WebhookRequest): Promise<void> {
  if (!URL.canParse(url)) throw new LatchkeyError("REQUEST_INVALID", "The webhook's address cannot be read.");
  const target = new URL(url);
  const isHttps = target.protocol === "https:";
  if (!isHttps && target.protocol !== "http:") throw new LatchkeyError("REQUEST_INVALID", "A webhook's address begins with http:// or https://.");
  const port = target.port === "" ? (isHttps ? 443 : 80) : Number(target.port);
  const [address] = await resolve(target.hostname, port);
  if (address === undefined) throw failed(target, "its name does not resolve");
  const answered = Promise.withResolvers<number>();
  const send = isHttps ? requestHttps : requestHttp;
  const request = send(
    target,
    {
      method: "POST",
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body), "user-agent": "latchkey", "webhook-id": id, ...sign(secrets, id, body) },
      lookup: (_host, options, callback) => (options.all === true ? callback(null, [address]) : callback(null, address.address, address.family)),
    },
    (response) => {
      response.resume();
      answered.resolve(response.statusCode ?? 0);
    },
  );
  request.on("error", (error) => answered.reject(failed(target, error.name === "TimeoutError" || error.name === "AbortError" ? `it did not answer within ${TIMEOUT_MS / 1000} s` : "code" in error ? String(error.code) : "the connection broke")));
  request.end(body);
  const status = await answered.promise;
  if (status < 200 || status > 299) throw failed(target, `it answered ${status}`);
}

function sign(secrets: readonly string[], id: string, body: string): Readonly<Record<string, string>> {
  if (secrets.length === 0) return {};
  const at = new Date();
  return { "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)), "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" ") };
}

/** The address may hold a token in its path or query: only the host is told. */
function failed({ host }: URL, why: string): LatchkeyError {
  return new LatchkeyError("SINK_FAILED", `The webhook at ${host} was not delivered: ${why}.`);
}
