/** Where a run's result is sent when it ends. */
export type Sink = WebhookSink | S3Sink;

interface SinkRules {
  /** Leaves out runs that did not complete. */
  readonly skipOnFail: boolean;
  /** Empty: all. */
  readonly apisToSend: readonly string[];
}

/** A signed POST for each run. */
export interface WebhookSink extends SinkRules {
  readonly type: "webhook";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** S3-compatible storage. */
export interface S3Sink extends SinkRules {
  readonly type: "s3";
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly prefix: string;
  /** Null: Amazon's own. */
  readonly endpoint: string | null;
  readonly forcePathStyle: boolean;
  /** `json`: one object for each run. `jsonl`: one object for a whole job run, a line for each run; elsewhere one line an object. */
  readonly format: "json" | "jsonl";
}

/** A sink as clients write it (WIRE-API 4.2); `format` is ours. */
export interface WireSink {
  readonly type: "webhook" | "s3";
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly skipOnFail?: boolean;
  readonly apisToSend?: readonly string[];
  readonly bucket?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly region?: string;
  readonly prefix?: string;
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
  readonly format?: "json" | "jsonl";
}

const S3_KEYS = ["bucket", "accessKeyId", "secretAccessKey", "region"] as const;

/** What is wrong with a sink, as the end of a sentence; null: nothing. */
export function sinkProblem(sink: WireSink): string | null {
  const foreign = Object.keys(sink).find((key) => (sink.type === "webhook" ? ["bucket", "accessKeyId", "secretAccessKey", "region", "prefix", "endpoint", "forcePathStyle", "format"] : ["url", "headers"]).includes(key));
  if (foreign !== undefined) return `a sink of type ${sink.type} has no ${foreign}`;
  if (sink.type === "webhook") return isHttp(sink.url) ? badHeader(sink.headers ?? {}) : "a webhook's url is an address that begins with http:// or https://";
  const missing = S3_KEYS.find((key) => (sink[key] ?? "") === "");
  if (missing !== undefined) return `a sink of type s3 needs ${missing}`;
  if (sink.endpoint !== undefined && !isHttp(sink.endpoint)) return "an s3 endpoint is an address that begins with http:// or https://";
  return null;
}

/** Headers that a delivery has of its own. */
const OWN_HEADER = /^(?:content-length|content-type|host|connection|transfer-encoding|webhook-(?:id|timestamp|signature))$/i;

function badHeader(headers: Readonly<Record<string, string>>): string | null {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) return `the header ${JSON.stringify(name)} cannot be sent`;
    if (OWN_HEADER.test(name)) return `the header ${name} is set by the delivery itself`;
  }
  return null;
}

function isHttp(url: string | undefined): boolean {
  return url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url);
}

/** A sink with its defaults. What is wrong with it was told before: `sinkProblem`. */
export function toSink({ type, url = "", headers = {}, skipOnFail = false, apisToSend = [], bucket = "", accessKeyId = "", secretAccessKey = "", region = "", prefix = "", endpoint, forcePathStyle, format = "json" }: WireSink): Sink {
  if (type === "webhook") return { type, url, headers, skipOnFail, apisToSend };
  return { type, bucket, accessKeyId, secretAccessKey, region, prefix, endpoint: endpoint ?? null, forcePathStyle: forcePathStyle ?? endpoint !== undefined, format, skipOnFail, apisToSend };
}
