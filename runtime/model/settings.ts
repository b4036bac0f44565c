import type { EgressPolicy } from "./proxy.ts";
import type { JsonObject } from "./json.ts";

/** Settings of a project, resolved: defaults < file < environment < flags. Documented with defaults in `config/`. */
export interface Settings {
  readonly name: string;
  readonly authSessions: AuthSessionSettings;
  readonly browser: BrowserSettings;
  readonly network: EgressPolicy;
  readonly run: RunSettings;
  readonly trace: boolean;
  readonly replication: { readonly maxConcurrentRequests: number | null };
}

/** A pattern of API names with what it asks of auth sessions; `*` stands for anything, the first match counts. */
export interface ApiAuthRule {
  readonly pattern: string;
  readonly auth: "required" | "optional" | "none";
}

/**
 *
 */
export interface AuthSessionSettings {
  readonly enabled: boolean;
  readonly mode: "exclusive" | "shared";
  /** `credentials`: `create` logs in; `recorded`: a person does, by hand. */
  readonly type: "credentials" | "recorded";
  readonly checkEveryMs: number | null;
  readonly attentionWebhookUrl: string | null;
  readonly checkFreshForMs: number;
  readonly saveStateAfterRun: boolean;
  readonly createAttempts: number;
  readonly checkAttempts: number;
  readonly promptTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly passkeys: boolean;
  readonly apis: readonly ApiAuthRule[];
  /** Where a recording begins and when it is done (`recorded` only). */
  readonly startUrl: string | null;
  readonly finish: { readonly urlStartsWith?: string; readonly selector?: string } | null;
}

/**
 *
 */
export interface BrowserSettings {
  readonly headless: "shell" | "new" | false;
  readonly executablePath: string | null;
  readonly args: readonly string[];
  readonly viewport: { readonly width: number; readonly height: number };
  readonly userAgent: string | null;
  readonly locale: string | null;
  readonly timezone: string | null;
  /** Packages of puppeteer-extra plugins with their options. */
  readonly plugins: readonly { readonly name: string; readonly options: JsonObject }[];
  readonly wsEndpoint: string | null;
  readonly ignoreHttpsErrors: boolean;
  readonly launchTimeoutMs: number;
}

/**
 *
 */
export interface RunSettings {
  readonly timeoutMs: number;
  readonly retry: { readonly maximumAttempts: number };
  readonly memoryMb: number;
  readonly maxResultBytes: number;
  readonly maxLogBytes: number;
}
