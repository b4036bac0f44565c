/** One setting: where it is in the file, its type, default, and what it is for. */
export interface Option {
  /** Its path in the settings file: `run.timeoutMs`. */
  readonly path: string;
  /** JSON Schema of its value. */
  readonly schema: { readonly [key: string]: unknown };
  /** What it is when nobody says otherwise. */
  readonly default: unknown;
  /** What it does, in one or two sentences, with the trade-off. */
  readonly description: string;
}

/** The environment variable of an option: `run.timeoutMs` is `LATCHKEY_RUN_TIMEOUT_MS`. */
export function environmentVariableOf(path: string): string {
  return `LATCHKEY_${path.replaceAll(".", "_").replaceAll(/([a-z])([A-Z])/g, "$1_$2").toUpperCase()}`;
}

const duration = { type: ["integer", "string"], minimum: 0 } as const;
const orNull = (schema: { readonly type: string }): { readonly type: readonly string[] } => ({ ...schema, type: [schema.type, "null"] });

/** JSON Schema fragments that several options share. */
export const TYPES = {
  /** Milliseconds, or a text like `10m`. */
  duration,
  durationOrNull: { type: ["integer", "string", "null"], minimum: 0 },
  boolean: { type: "boolean" },
  string: { type: "string" },
  stringOrNull: orNull({ type: "string" }),
  strings: { type: "array", items: { type: "string" } },
  count: { type: "integer", minimum: 1 },
} as const;
