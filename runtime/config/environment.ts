import { homedir } from "node:os";
import { join } from "node:path";

/** What the environment says, read once. */
export interface Environment {
  /** `LATCHKEY_BROWSER`, `PUPPETEER_EXECUTABLE_PATH` or `CHROME_PATH`: the Chrome to run. */
  readonly browser: string | null;
  /** `LATCHKEY_SEAL_KEY`: the seal key itself, base64. Secret. */
  readonly sealKey: string | null;
  /** `LATCHKEY_SEAL_KEY_FILE`; default `seal.key` in the configuration folder. */
  readonly sealKeyFile: string;
  /** What a program needs to run at all: handed to the project's processes and to Chrome, nothing else is. */
  readonly base: Readonly<Record<string, string>>;
  /** What Chrome needs besides to open a window. */
  readonly display: Readonly<Record<string, string>>;
  /** `NO_COLOR`, https://no-color.org. */
  readonly noColor: boolean;
}

/** The environment as it is in `process.env`. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

const BASE = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_ALL", "TZ", "TMPDIR", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"];
const DISPLAY = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "FONTCONFIG_PATH", "FONTCONFIG_FILE"];

/** This process's own environment: the only place that reads it. */
export function processEnvironment(): EnvironmentVariables {
  return process.env;
}

/** Picks what Latchkey knows of. */
export function readEnvironment(env: EnvironmentVariables): Environment {
  const configDir = join(env["XDG_CONFIG_HOME"] ?? join(env["HOME"] ?? homedir(), ".config"), "latchkey");
  return Object.freeze({
    browser: env["LATCHKEY_BROWSER"] ?? env["PUPPETEER_EXECUTABLE_PATH"] ?? env["CHROME_PATH"] ?? null,
    sealKey: env["LATCHKEY_SEAL_KEY"] ?? null,
    sealKeyFile: env["LATCHKEY_SEAL_KEY_FILE"] ?? join(configDir, "seal.key"),
    base: pick(env, BASE),
    display: pick(env, DISPLAY),
    noColor: (env["NO_COLOR"] ?? "") !== "",
  });
}

function pick(env: EnvironmentVariables, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.freeze(Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))));
}
