import { join, resolve } from "node:path";
import { LatchkeyError } from "../model/errors.ts";
import type { Retention } from "../model/hosted-store.ts";
import type { EnvironmentVariables } from "./environment.ts";
import type { HOSTED_OPTIONS } from "./hosted-options.ts";
import { parseDurationMs } from "./parse-duration.ts";

/** The environment of `serve` and `worker`, read once. */
export interface HostedEnvironment {
  /** Secret. Null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly allowPrivate: boolean;
  readonly allowHosts: readonly string[];
  readonly retention: Retention;
  readonly drainMs: number;
  readonly artifacts: { readonly kind: "folder"; readonly dir: string } | { readonly kind: "s3"; readonly bucket: string; readonly prefix: string; readonly region: string; readonly endpoint: string | null };
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly otlpEndpoint: string | null;
}

/** Which server the command line acts on. */
export interface RemoteEnvironment {
  readonly server: string | null;
  /** Secret. */
  readonly apiKey: string | null;
  readonly workspace: string;
}

type Variable = (typeof HOSTED_OPTIONS)[number]["variable"];

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** @throws LatchkeyError `SETTINGS_INVALID` that names the variable, never its value where that may be secret. */
export function readHostedEnvironment(env: EnvironmentVariables, cwd: string): HostedEnvironment {
  const text = (name: Variable): string | null => (env[name] === undefined || env[name] === "" ? null : env[name]);
  const wrong = (name: Variable, expected: string): LatchkeyError => new LatchkeyError("SETTINGS_INVALID", `The environment variable ${name} must be ${expected}.`);
  const days = (name: Variable, fallback: number): number => {
    const value = text(name) ?? String(fallback);
    if (!/^\d{1,5}$/.test(value)) throw wrong(name, "a number of days");
    return Number(value);
  };
  const dataDir = resolve(cwd, text("LATCHKEY_DATA_DIR") ?? ".latchkey");
  const databaseUrl = text("DATABASE_URL");
  if (databaseUrl !== null && !/^postgres(?:ql)?:\/\//.test(databaseUrl)) throw wrong("DATABASE_URL", "postgres://user:password@host/database");
  const allowPrivate = text("LATCHKEY_ALLOW_PRIVATE") ?? "false";
  if (allowPrivate !== "true" && allowPrivate !== "false") throw wrong("LATCHKEY_ALLOW_PRIVATE", "true or false");
  const drainMs = parseDurationMs(text("LATCHKEY_DRAIN") ?? "10m");
  if (drainMs === null) throw wrong("LATCHKEY_DRAIN", "a length of time such as 10m");
  const logLevel = LOG_LEVELS.find((level) => level === (text("LATCHKEY_LOG_LEVEL") ?? "info"));
  if (logLevel === undefined) throw wrong("LATCHKEY_LOG_LEVEL", LOG_LEVELS.join(", "));
  const bucket = text("LATCHKEY_ARTIFACTS_S3_BUCKET");
  return Object.freeze({
    databaseUrl,
    dataDir,
    allowPrivate: allowPrivate === "true",
    allowHosts: (text("LATCHKEY_ALLOW_HOSTS") ?? "").split(",").map((host) => host.trim()).filter((host) => host !== ""),
    retention: { runDays: days("LATCHKEY_RETENTION_DAYS", 30), auditDays: days("LATCHKEY_AUDIT_RETENTION_DAYS", 365) },
    drainMs,
    artifacts:
      bucket === null
        ? { kind: "folder" as const, dir: resolve(cwd, text("LATCHKEY_ARTIFACTS_DIR") ?? join(dataDir, "artifacts")) }
        : { kind: "s3" as const, bucket, prefix: text("LATCHKEY_ARTIFACTS_S3_PREFIX") ?? "runs/", region: text("LATCHKEY_ARTIFACTS_S3_REGION") ?? "us-east-1", endpoint: text("LATCHKEY_ARTIFACTS_S3_ENDPOINT") },
    logLevel,
    otlpEndpoint: text("OTEL_EXPORTER_OTLP_ENDPOINT"),
  });
}

/** Where commands act, when no flag says it. */
export function readRemoteEnvironment(env: EnvironmentVariables): RemoteEnvironment {
  const text = (name: Variable): string | null => (env[name] === undefined || env[name] === "" ? null : env[name]);
  return Object.freeze({ server: text("LATCHKEY_SERVER"), apiKey: text("LATCHKEY_API_KEY"), workspace: text("LATCHKEY_WORKSPACE") ?? "default" });
}
