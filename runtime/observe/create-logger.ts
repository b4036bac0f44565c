import { pino, type DestinationStream, type Logger } from "pino";

/** Paths that a log line may hold secrets at, whoever logs it. */
const SECRET_PATHS = ["password", "token", "secret", "apiKey", "key.key", "authorization", "cookie", "headers.authorization", "headers.cookie", 'headers["x-api-key"]', "*.password", "*.token", "*.secret", "*.apiKey", "*.authorization", "*.cookie", "parameters", "*.parameters", "proxyUrl", "*.proxyUrl", "req.headers"];

/** Where log lines go. */
export interface LoggerOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  /** `server`, `worker`: what runs. */
  readonly component: string;
  /** Default: standard error, since standard output is for the results of commands. */
  readonly destination?: DestinationStream;
}

/** JSON lines, without secrets. */
export function createLogger({ level, component, destination = pino.destination({ dest: 2, sync: true }) }: LoggerOptions): Logger {
  const options = { level, base: { component, pid: process.pid }, timestamp: () => `,"time":"${new Date().toISOString()}"`, formatters: { level: (label: string) => ({ level: label }) }, redact: { paths: SECRET_PATHS, censor: "***" } };
  return pino(options, destination);
}
