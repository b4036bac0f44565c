/** One setting of a hosted runtime: it comes from the environment, as operators expect. */
export interface HostedOption {
  readonly variable: string;
  /** What it is when it is not set, as people read it. */
  readonly default: string;
  readonly description: string;
}

/** Every setting of `serve` and `worker`, once. `docs/options.md` is made from this table. */
export const HOSTED_OPTIONS = [
  { variable: "DATABASE_URL", default: "the embedded PostgreSQL", description: "The PostgreSQL to use, `postgres://user:password@host/database`. Secret. Needed for workers on other machines." },
  { variable: "LATCHKEY_DATA_DIR", default: ".latchkey in the current folder", description: "Where the embedded database, unpacked deployments, files of runs and scratch folders are." },
  { variable: "LATCHKEY_SEAL_KEY", default: "the key file's content", description: "The seal keys in base64, the newest first, separated by commas. Secret. All servers and workers need the same." },
  { variable: "LATCHKEY_SEAL_KEY_FILE", default: "~/.config/latchkey/seal.key", description: "The file of the seal keys, one a line. Made at the first start." },
  { variable: "LATCHKEY_ALLOW_PRIVATE", default: "false", description: "Whether runs and webhooks may reach loopback, private and cloud metadata addresses. Off: a project's own network.allowPrivate and network.allowHosts cannot switch it on." },
  { variable: "LATCHKEY_ALLOW_HOSTS", default: "none", description: "Hosts that may be reached although they are private, separated by commas: `host`, `host:port`, `*.domain` or a range." },
  { variable: "LATCHKEY_RETENTION_DAYS", default: "30", description: "How long ended runs with their events and files are kept. 0: for ever." },
  { variable: "LATCHKEY_AUDIT_RETENTION_DAYS", default: "365", description: "How long the audit log and the history of auth sessions are kept. 0: for ever." },
  { variable: "LATCHKEY_DRAIN", default: "10m", description: "How long a worker that is told to stop waits for its runs; what is left then goes to another worker." },
  { variable: "LATCHKEY_ARTIFACTS_DIR", default: "artifacts in the data folder", description: "Where files of runs are kept. Workers on several machines need a shared folder, or S3." },
  { variable: "LATCHKEY_ARTIFACTS_S3_BUCKET", default: "none", description: "Keeps files of runs in this S3-compatible bucket instead of a folder. Credentials come from the environment, as AWS's own tools read them." },
  { variable: "LATCHKEY_ARTIFACTS_S3_PREFIX", default: "runs/", description: "What the keys in the bucket begin with." },
  { variable: "LATCHKEY_ARTIFACTS_S3_REGION", default: "us-east-1", description: "The bucket's region." },
  { variable: "LATCHKEY_ARTIFACTS_S3_ENDPOINT", default: "Amazon's", description: "The address of another S3-compatible service." },
  { variable: "LATCHKEY_LOG_LEVEL", default: "info", description: "How much is logged: `debug`, `info`, `warn` or `error`." },
  { variable: "OTEL_EXPORTER_OTLP_ENDPOINT", default: "none", description: "Where OpenTelemetry traces are sent (OTLP over HTTP), from the request to the phases of its attempts. Not set: nothing is traced." },
  { variable: "LATCHKEY_SERVER", default: "none", description: "For the command line: the server that commands act on, as --server does." },
  { variable: "LATCHKEY_API_KEY", default: "none", description: "For the command line: the API key for that server. Secret." },
  { variable: "LATCHKEY_WORKSPACE", default: "default", description: "For the command line: the workspace on that server. `default` is the key's own." },
] as const satisfies readonly HostedOption[];
