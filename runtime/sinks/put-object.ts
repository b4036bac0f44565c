import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { LatchkeyError } from "../model/errors.ts";
import type { S3Sink } from "../model/sink.ts";
import type { ResolveHost } from "./resolve-host.ts";

const TIMEOUT_MS = 8_000;

/** An object that is to be kept. */
export interface ObjectRequest {
  readonly sink: S3Sink;
  /** Below the sink's prefix. The same name is written again when a delivery is repeated. */
  readonly name: string;
  readonly body: string;
  readonly contentType: string;
  readonly resolve: ResolveHost;
}

/**
 * Puts an object into S3-compatible storage. Where it connects to is judged, as it is for webhooks.
 *
 * @throws LatchkeyError `EGRESS_DENIED`, `SINK_FAILED`.
 */
export async function putObject({ sink, name, body, contentType, resolve }: ObjectRequest): Promise<void> {
  const { bucket, accessKeyId, secretAccessKey, region, prefix, endpoint, forcePathStyle } = sink;
  // A host that is a number is never looked up.
  if (endpoint !== null) {
    const { hostname, protocol, port } = new URL(endpoint);
    await resolve(hostname, port === "" ? (protocol === "https:" ? 443 : 80) : Number(port));
  }
  const lookup: LookupFunction = (host, options, callback) => {
    resolve(host, endpoint?.startsWith("http:") === true ? 80 : 443).then(
      (found) => {
        const [first] = found;
        if (first === undefined) callback(new Error("the name does not resolve"), "", 4);
        else if (options.all === true) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (thrown: unknown) => callback(thrown instanceof Error ? thrown : new Error(String(thrown)), "", 4),
    );
  };
  const client = new S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true, httpAgent: new HttpAgent({ lookup }), httpsAgent: new HttpsAgent({ lookup }) },
    ...(endpoint !== null && { endpoint }),
  });
  try {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}${prefix === "" || prefix.endsWith("/") ? "" : "/"}${name}`, Body: body, ContentType: contentType }));
  } catch (cause) {
    if (cause instanceof LatchkeyError) throw cause;
    throw new LatchkeyError("SINK_FAILED", `The bucket ${bucket} did not take the result: ${cause instanceof Error ? cause.name : String(cause)}.`, { cause });
  } finally {
    client.destroy();
  }
}
