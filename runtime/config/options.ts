import type { Option } from "./option.ts";
import { TYPES } from "./option.ts";

const MIB = 1024 * 1024;

/** Every setting of a project, once. `docs/options.md` is made from this table. */
export const OPTIONS: readonly Option[] = [
  { path: "name", schema: TYPES.string, default: null, description: "The project's name. Default: the name of its folder." },

  { path: "authSessions.enabled", schema: { type: ["boolean", "null"] }, default: null, description: "Whether APIs act for logged-in users. Default (null): yes when the project has auth-sessions/check." },
  { path: "authSessions.mode", schema: { enum: ["exclusive", "shared"] }, default: "exclusive", description: "`exclusive`: runs of one auth session wait for each other, so that none invalidates another's tokens. `shared`: they run side by side, for sites that allow it." },
  { path: "authSessions.type", schema: { enum: ["credentials", "recorded"] }, default: "credentials", description: "`credentials`: auth-sessions/create logs in. `recorded`: a person does, by hand." },
  { path: "authSessions.checkEveryMs", schema: TYPES.durationOrNull, default: null, description: "On a hosted runtime: how often a login is checked although no run needs it. Null: never." },
  { path: "authSessions.attentionWebhookUrl", schema: TYPES.stringOrNull, default: null, description: "On a hosted runtime: an address that is told with a POST when an auth session needs attention." },
  { path: "authSessions.checkFreshForMs", schema: TYPES.duration, default: 0, description: "A check that passed this long ago or less counts for the next run too. 0 checks before every run, which is the safest and costs a page load." },
  { path: "authSessions.saveStateAfterRun", schema: TYPES.boolean, default: true, description: "Whether the storage state is written back after a successful run, so that rotated tokens live on." },
  { path: "authSessions.createAttempts", schema: TYPES.count, default: 3, description: "How often logging in is tried in one run. InvalidCredentialsError stops at once." },
  { path: "authSessions.checkAttempts", schema: TYPES.count, default: 3, description: "How often a check may say no before the login counts as dead." },
  { path: "authSessions.promptTimeoutMs", schema: TYPES.duration, default: 300_000, description: "How long a question waits for a human." },
  { path: "authSessions.lockTimeoutMs", schema: TYPES.duration, default: 600_000, description: "How long a run waits for another one that holds the same auth session." },
  { path: "authSessions.passkeys", schema: TYPES.boolean, default: true, description: "Whether pages get a virtual authenticator, so that passkeys can be made, kept and used." },
  {
    path: "authSessions.apis",
    schema: { type: "array", items: { type: "object", additionalProperties: false, required: ["pattern", "auth"], properties: { pattern: { type: "string" }, auth: { enum: ["required", "optional", "none"] } } } },
    default: [],
    description: 'Exceptions by API name: `[{"pattern": "public/*", "auth": "none"}]`. The first pattern that fits counts; everything else is required.',
  },
  { path: "authSessions.startUrl", schema: TYPES.stringOrNull, default: null, description: "Where a recording begins." },
  { path: "authSessions.finish", schema: { type: ["object", "null"], additionalProperties: false, properties: { urlStartsWith: { type: "string" }, selector: { type: "string" } } }, default: null, description: "When a recording is done: the page's address begins with `urlStartsWith`, and `selector` is on it. Null: the person says so." },

  { path: "browser.headless", schema: { enum: ["shell", "new", false] }, default: "shell", description: "`shell`: chromium-headless-shell, four times faster to start. `new`: the full Chrome without a window, closest to a user's. `false`: with a window." },
  { path: "browser.executablePath", schema: TYPES.stringOrNull, default: null, description: "The Chrome to run. Null: the one that is found on the machine." },
  { path: "browser.args", schema: TYPES.strings, default: [], description: "More flags for Chrome's command line." },
  { path: "browser.viewport", schema: { type: "object", additionalProperties: false, required: ["width", "height"], properties: { width: { type: "integer", minimum: 200, maximum: 7680 }, height: { type: "integer", minimum: 200, maximum: 4320 } } }, default: { width: 1280, height: 720 }, description: "Size of pages in CSS pixels." },
  { path: "browser.userAgent", schema: TYPES.stringOrNull, default: null, description: "The user agent of all pages, popups included." },
  { path: "browser.locale", schema: TYPES.stringOrNull, default: null, description: "Language of the browser, such as `de-DE`." },
  { path: "browser.timezone", schema: TYPES.stringOrNull, default: null, description: "Time zone of the browser, such as `Europe/Berlin`." },
  { path: "browser.plugins", schema: { type: "array", items: { anyOf: [{ type: "string" }, { type: "object", additionalProperties: false, required: ["name"], properties: { name: { type: "string" }, options: { type: "object" } } }] } }, default: [], description: "puppeteer-extra plugins that the project has installed: a package's name, or `{name, options}`." },
  { path: "browser.wsEndpoint", schema: TYPES.stringOrNull, default: null, description: "The WebSocket address of a browser that runs elsewhere. Anybody who knows the address can read all its cookies, and upstream proxies cannot be used with a browser on another machine." },
  { path: "browser.ignoreHttpsErrors", schema: TYPES.boolean, default: false, description: "Whether certificates that cannot be trusted are accepted." },
  { path: "browser.launchTimeoutMs", schema: TYPES.duration, default: 30_000, description: "How long Chrome may take to start." },

  { path: "network.allowHosts", schema: TYPES.strings, default: [], description: "Hosts that may be reached although they are private: `host`, `host:port`, `*.domain` or a range like `10.0.0.0/8`." },
  { path: "network.denyHosts", schema: TYPES.strings, default: [], description: "Hosts that may never be reached, in the same forms. It wins over allowHosts." },
  { path: "network.allowPrivate", schema: TYPES.boolean, default: true, description: "Whether loopback, private and cloud metadata addresses may be reached. On by default on your own machine, off on a hosted runtime." },

  { path: "run.timeoutMs", schema: TYPES.duration, default: 600_000, description: "How long one attempt may take. `extendTimeout()` starts it over." },
  { path: "run.retry.maximumAttempts", schema: TYPES.count, default: 1, description: "How often a run is tried, the first time included. Only errors that another attempt can help are tried again." },
  { path: "run.memoryMb", schema: { type: "integer", minimum: 64 }, default: 2_048, description: "Memory that the project's code may use, in MiB, Buffers included. The browser's is not counted." },
  { path: "run.maxResultBytes", schema: TYPES.count, default: 2 * MIB, description: "Largest result of an API as JSON. Larger data belongs into saveFile()." },
  { path: "run.maxLogBytes", schema: TYPES.count, default: 10 * MIB, description: "How much of what the code prints is kept per attempt." },

  { path: "trace", schema: TYPES.boolean, default: false, description: "Whether every run is traced as with --trace: screenshots, HAR, console, timeline." },
  { path: "replication.maxConcurrentRequests", schema: { type: ["integer", "null"], minimum: 1 }, default: null, description: "On a hosted runtime: how many runs of the project may go on at once, on all workers together. Null: as many as there are slots." },
];
