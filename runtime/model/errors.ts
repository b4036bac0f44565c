/**
 * Who has to act on an error. It decides the exit code of the CLI:
 * `author` 1, `input` 2, `auth` 3, `environment` 4, `canceled` 130.
 */
export type Blame = "author" | "input" | "auth" | "environment" | "canceled";

/** One row of the table of errors. */
export interface ErrorRow {
  /** Who has to act. */
  readonly blame: Blame;
  /** Whether another attempt of the same run can help. */
  readonly retriable: boolean;
  /** What the code means, in one sentence; shown in `docs/errors.md`. */
  readonly meaning: string;
  /** What to do next, when the place that throws knows nothing better. */
  readonly hint: string;
}

const row = (blame: Blame, retriable: boolean, meaning: string, hint: string): ErrorRow => ({ blame, retriable, meaning, hint });

/** Every error a user can meet, by its stable code. `docs/errors.md` is checked against it. */
export const ERRORS = {
  // The author's code and the site.
  API_FAILED: row("author", true, "The API's code threw an error.", "Read the error and the failure screenshot, fix the code, run it again."),
  RUN_ERROR: row("author", false, "The project's code ended the run on purpose with a RunError.", "The message comes from the project; ask its author."),
  RESULT_NOT_JSON: row("author", false, "The API returned something JSON cannot hold.", "Return plain objects, arrays, strings, numbers, booleans or null."),
  RESULT_TOO_LARGE: row("author", false, "The API's result is larger than run.maxResultBytes.", "Return less, use saveFile() for large data, or raise run.maxResultBytes."),
  RUN_TIMED_OUT: row("author", true, "An attempt took longer than its timeout.", "Raise --timeout or run.timeoutMs, or call extendTimeout() in long loops."),
  CHILD_CRASHED: row("author", true, "The process of the author's code ended before it gave a result.", "Look at the log of the run: the last lines say what the code did."),
  CHILD_OUT_OF_MEMORY: row("author", true, "The author's code used more memory than run.memoryMb.", "Hold less in memory, or raise run.memoryMb."),
  NAVIGATION_FAILED: row("author", true, "A page of the site could not be opened.", "Check that the site is up and the address is right."),
  PAGE_CRASHED: row("author", true, "The page's renderer crashed.", "Retry; if it goes on, the site may need more memory than there is."),
  // What the user gave.
  USAGE: row("input", false, "The command line was not understood.", "Run the command with --help."),
  PROJECT_NOT_FOUND: row("input", false, "The folder is not a project.", "Go to a project's folder, pass --project DIR, or make one with: latchkey init."),
  SETTINGS_INVALID: row("input", false, "The settings file has an error.", "Mend the named key; docs/options.md lists all keys."),
  API_NOT_FOUND: row("input", false, "The project has no API of that name.", "The name is the path below api/ without its extension."),
  API_INVALID: row("input", false, "A file of the project does not export what it must.", "Export an async function as the default export."),
  BUILD_FAILED: row("input", false, "The project's code could not be compiled.", "Mend the named line."),
  NATIVE_ADDON: row("input", false, "The project imports a native addon, which cannot be bundled.", "Use a package without native code, or load it outside the project."),
  SCHEMA_FAILED: row("input", false, "No JSON Schema could be derived from the parameters' type.", "Give the first parameter an exported interface or an inline type."),
  INVALID_JSON: row("input", false, "The parameters are not valid JSON.", "Pass a JSON object, @file, a .json path, or - for standard input."),
  PARAMS_INVALID: row("input", false, "The parameters do not fit the API.", "Mend the named parameter."),
  FILE_NOT_FOUND: row("input", false, "A file that was named cannot be read.", "Check the path."),
  INVALID_ID: row("input", false, "The id has characters that an id cannot have.", "Use 3 to 128 letters, digits, dots, dashes, underscores or @; begin with a letter or digit."),
  PROXY_INVALID: row("input", false, "The proxy URL is not one that can be used.", "Use http://, https:// or socks5:// with host and port, such as http://user:password@host:8000."),
  STATE_INVALID: row("input", false, "The storage state file is not in a form that can be imported.", "Export it again with Playwright's storageState() or latchkey auth export."),
  RUN_NOT_FOUND: row("input", false, "There is no run of that id.", "List the runs with: latchkey runs list."),
  TARGET_EXISTS: row("input", false, "The folder already has files in it.", "Choose an empty or new folder."),
  AUTH_SESSIONS_DISABLED: row("input", false, "The project has no auth sessions.", "Add auth-sessions/create.ts and check.ts, or leave out --auth-session."),
  // Auth sessions.
  AUTH_SESSION_REQUIRED: row("auth", false, "The API acts for a logged-in user, and no auth session was named.", "Create one with latchkey auth create ID, then pass --auth-session ID."),
  AUTH_SESSION_NOT_FOUND: row("auth", false, "There is no auth session of that id.", "List them with: latchkey auth list."),
  AUTH_SESSION_EXISTS: row("input", false, "There already is an auth session of that id.", "Use latchkey auth update ID, or another id."),
  AUTH_SESSION_CHECK_FAILED: row("auth", false, "The login no longer holds, and it was not to be made again.", "Log in again with: latchkey auth update ID."),
  AUTH_SESSION_CREATE_FAILED: row("auth", true, "Logging in failed.", "Read the cause; try again with: latchkey auth update ID."),
  AUTH_SESSION_NEEDS_ATTENTION: row("auth", false, "Logging in failed several times in a row, so nothing logs in by itself any more.", "Find the cause, then log in with: latchkey auth update ID."),
  AUTH_SESSION_BUSY: row("auth", true, "Another run holds the auth session, and it did not become free in time.", "Wait for the other run, or set authSessions.mode to shared."),
  CHECK_NOT_BOOLEAN: row("auth", false, "auth-sessions/check returned something that is not true or false.", "Return a boolean from check."),
  INVALID_CREDENTIALS: row("auth", false, "The site refused the credentials.", "Give the right ones with: latchkey auth update ID PARAMS."),
  PROMPT_TIMED_OUT: row("auth", false, "Nobody answered the question in time.", "Run it again and answer, or raise authSessions.promptTimeoutMs."),
  RECORDING_ABANDONED: row("auth", false, "Nobody looked at the recording for too long, or it took longer than an hour.", "Start the recording again; authSessions.promptTimeoutMs says how long it waits for somebody."),
  STATE_NOT_PORTABLE: row("auth", false, "Part of the login cannot be carried to another browser, and the check failed without it.", "The named items cannot leave the browser that made them; ask the site for another way to log in."),
  SEAL_KEY_MISSING: row("environment", false, "There are sealed auth sessions, and the key that opens them is gone.", "Bring the key file back, or delete the auth sessions and create them again."),
  SEAL_KEY_MISMATCH: row("environment", false, "The auth session was sealed with another key, or its file was changed.", "Use the key it was sealed with, or delete the auth session and create it again."),
  SEAL_KEY_INVALID: row("environment", false, "The seal key cannot be read.", "The key is 32 bytes in base64, in a file only you can read."),
  STORE_CORRUPT: row("environment", false, "A file of the store cannot be read.", "Restore it from a backup, or delete it; it was left as it is."),
  STATE_CONFLICT: row("auth", true, "Somebody else changed the auth session meanwhile.", "Run it again; it will start from the newer login."),
  // The hosted runtime.
  REQUEST_INVALID: row("input", false, "The HTTP request does not fit the API.", "Mend the named field; /docs describes every request."),
  NOT_FOUND: row("input", false, "There is nothing at that address.", "Check the path; /docs lists all of them."),
  UNAUTHORIZED: row("input", false, "The API key is missing, unknown, expired or revoked.", "Send a valid key in the header x-api-key; an admin makes one with: latchkey keys create NAME."),
  FORBIDDEN: row("input", false, "The API key may not do that.", "Use a key of a wider scope or of that project."),
  CROSS_SITE: row("input", false, "The request uses a cookie of the server's pages, and does not come from them.", "Use the dashboard itself, or an API key in the header x-api-key."),
  TOO_MANY_REQUESTS: row("input", true, "Too many requests with keys that are not valid came from this address.", "Wait a minute, then use a valid key."),
  WORKSPACE_NOT_FOUND: row("input", false, "There is no such workspace, or the key is not one of it.", "Use the workspace id that the first start printed, or the word default."),
  PROJECT_UNKNOWN: row("input", false, "The server has no project of that name.", "Deploy it with: latchkey deploy --server URL."),
  PROJECT_EXISTS: row("input", false, "There already is a project of that name.", "Use it, or choose another name."),
  NO_LIVE_DEPLOYMENT: row("input", false, "The project has no live deployment.", "Deploy it with: latchkey deploy --server URL."),
  DEPLOYMENT_INVALID: row("input", false, "The deployment is not whole, or not what its manifest says.", "Build and upload it again with: latchkey deploy."),
  DEPLOYMENT_NOT_FOUND: row("input", false, "The project has no deployment of that id.", "List them with: latchkey deployments list."),
  KEY_NOT_FOUND: row("input", false, "There is no API key of that id.", "List them with: latchkey keys list."),
  LAST_ADMIN_KEY: row("input", false, "It is the last key that may make keys.", "Make another admin key first."),
  ENV_NOT_FOUND: row("input", false, "The project has no environment variable of that name.", "List the names with: latchkey env list."),
  PROMPT_NOT_FOUND: row("input", false, "The run asks no such question.", "List open questions with GET /prompts."),
  PROMPT_CLOSED: row("input", false, "The question was answered before, or its time is over.", "Start the run again to be asked again."),
  RUN_ENDED: row("input", false, "The run has ended.", "Start it again with: latchkey runs retry ID."),
  RUN_NOT_ENDED: row("input", false, "The run has not ended.", "Wait for it, or cancel it first."),
  IDEMPOTENCY_CONFLICT: row("input", false, "The idempotency key was used before for another request.", "Use a new key for a new request."),
  ARTIFACT_NOT_FOUND: row("input", false, "The run has no file of that name.", "List them with GET /runs/ID/artifacts."),
  JOB_NOT_FOUND: row("input", false, "The project has no job of that id.", "List them with: latchkey jobs list."),
  JOB_EXISTS: row("input", false, "There already is a job of that id.", "Change it with: latchkey jobs update ID FILE, or choose another id."),
  JOB_INVALID: row("input", false, "The job's definition has an error.", "Mend the named place; docs/jobs.md shows a whole job."),
  JOB_PAUSED: row("input", false, "The job is paused, so it makes no job runs.", "Resume it with: latchkey jobs resume ID."),
  JOB_RUN_NOT_FOUND: row("input", false, "The job has no job run of that id.", "List them with: latchkey jobs runs ID."),
  SCHEDULE_INVALID: row("input", false, "A schedule or an active period cannot be read.", "Mend the named value; docs/jobs.md explains schedules."),
  SINK_INVALID: row("input", false, "The sink's settings have an error.", "Mend the named key; docs/jobs.md explains sinks."),
  RESOURCE_DECLARED: row("input", false, "It is declared in the project, so only a deployment changes it.", "Change its file in latchkey/jobs or latchkey/queues, then run: latchkey deploy."),
  RESOURCE_INVALID: row("input", false, "A declared job or queue of the project has an error.", "Mend the named file, then deploy again."),
  CONFIRMATION_NEEDED: row("input", false, "It would delete something, and nobody confirmed that.", "Look at the plan with: latchkey deploy --plan; then add --yes."),
  QUEUE_NOT_FOUND: row("input", false, "The project has no queue of that id.", "List them with: latchkey queues list."),
  QUEUE_EXISTS: row("input", false, "There already is a queue of that id.", "Change it with: latchkey queues update ID FILE, or choose another id."),
  QUEUE_INVALID: row("input", false, "The queue's definition has an error.", "Mend the named place; docs/jobs.md shows a whole queue."),
  QUEUE_FULL: row("input", true, "Too many items wait in the queue.", "Append more when some are done."),
  QUEUE_ITEM_NOT_FOUND: row("input", false, "The queue has no item of that id.", "List them with: latchkey queues items ID."),
  REPEAT_ITEM_NOT_FOUND: row("input", false, "The queue has no repeat item of that id.", "List them with GET /queues/ID/repeatItems."),
  DELIVERY_NOT_FOUND: row("input", false, "The project has no delivery of that id.", "List them with: latchkey deliveries list."),
  DELIVERY_PENDING: row("input", false, "The delivery is still being tried.", "Wait until it is delivered or given up."),
  LINK_EXPIRED: row("input", false, "The link is not valid, or no longer.", "Get the job run again; it has a new link."),
  LINK_USED: row("input", false, "The link was used before; it is good once.", "Ask whoever sent it for a new one."),
  NOT_INTERACTIVE: row("input", false, "The run can be watched, but nobody can act in it.", "Only a recording takes mouse and keyboard."),
  SINK_FAILED: row("environment", true, "A sink did not take a result.", "It is tried again for 24 hours; look at it with: latchkey deliveries list."),
  WORKER_LOST: row("environment", true, "The worker of the run ended in the middle of it.", "It is tried again by itself while attempts are left; look at the memory of the worker's machine."),
  RESULT_GONE: row("environment", false, "What the run was asked for with can no longer be read.", "Start it again with its parameters."),
  STORE_UNAVAILABLE: row("environment", true, "The database cannot be reached.", "Check that PostgreSQL runs and that DATABASE_URL is right."),
  SCHEMA_NEWER: row("environment", false, "The database was made by a newer Latchkey.", "Update this Latchkey to the version of the others."),
  DATA_IN_USE: row("environment", false, "Another latchkey serve runs on the same data folder.", "Use that one, or another folder: LATCHKEY_DATA_DIR."),
  DATABASE_FAILED: row("environment", false, "The embedded PostgreSQL did not start.", "Read its log, named in the message; or set DATABASE_URL to a PostgreSQL of your own."),
  SERVER_UNREACHABLE: row("environment", true, "The server cannot be reached.", "Check --server or LATCHKEY_SERVER, and that latchkey serve runs there."),
  PORT_IN_USE: row("environment", false, "Another program listens on that port.", "Choose another one with --port."),
  // The environment.
  BROWSER_NOT_FOUND: row("environment", false, "No Chrome or Chromium was found.", "Run: latchkey doctor."),
  BROWSER_LAUNCH_FAILED: row("environment", true, "The browser did not start.", "Run: latchkey doctor."),
  BROWSER_CRASHED: row("environment", true, "The browser ended in the middle of the run.", "Run it again; if it goes on, look at the memory of the machine."),
  PROXY_UNREACHABLE: row("environment", true, "The upstream proxy cannot be reached.", "Check its host and port, or change it with: latchkey auth update ID --proxy URL."),
  PROXY_AUTH_FAILED: row("environment", false, "The upstream proxy refused its user name or password.", "Change them with: latchkey auth update ID --proxy URL."),
  PROXY_TIMEOUT: row("environment", true, "The upstream proxy did not answer in time.", "Try again, or use another proxy."),
  EGRESS_DENIED: row("author", false, "The network settings forbid the address.", "Add the host to network.allowHosts if it is meant to be reached."),
  ENVIRONMENT: row("environment", false, "The machine did not let the runtime do its work.", "Read the cause; latchkey doctor tells what is missing."),
  INTERNAL: row("environment", false, "Something went wrong inside Latchkey.", "Please report it with the output of the same command and --verbose."),
  CANCELED: row("canceled", false, "The run was canceled.", "Start it again when you are ready."),
} as const satisfies Record<string, ErrorRow>;

/** The stable code of an error. */
export type ErrorCode = keyof typeof ERRORS;

/** Exit code of the CLI for each kind of blame (DESIGN: fixed, scripts depend on it). */
export const EXIT_CODES = { author: 1, input: 2, auth: 3, environment: 4, canceled: 130 } as const satisfies Record<Blame, number>;

/** Facts that travel with an error. Never secrets. */
export interface ErrorFacts {
  /** What to do next, better than the table's sentence. */
  readonly hint?: string;
  /** Where it happened, such as `latchkey.jsonc:4:3` or an author's source line. */
  readonly where?: string;
  /** The author's stack, mapped to the author's lines. Shown only when asked for. */
  readonly stack?: string;
  /** Overrides the table: an author's RunError may say that another attempt can help. */
  readonly retriable?: boolean;
  /** More facts, JSON, for machines. */
  readonly details?: { readonly [key: string]: unknown };
  /** The error underneath. */
  readonly cause?: unknown;
}

/** An error as it crosses a process, a file or HTTP: only these keys do. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retriable: boolean;
  readonly where?: string;
  readonly stack?: string;
  readonly details?: { readonly [key: string]: unknown };
}

/** The one error class: a code from {@link ERRORS}, a sentence, a next step. */
export class LatchkeyError extends Error {
  override readonly name = "LatchkeyError";
  /** The stable code. */
  readonly code: ErrorCode;
  /** The facts given when it was made. */
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.facts = facts;
  }

  /** Who has to act. */
  get blame(): Blame {
    return ERRORS[this.code].blame;
  }

  /** What to do next. */
  get hint(): string {
    return this.facts.hint ?? ERRORS[this.code].hint;
  }

  /** Whether another attempt can help. */
  get retriable(): boolean {
    return this.facts.retriable ?? ERRORS[this.code].retriable;
  }

  /** The form that is stored and sent. */
  toBody(): ErrorBody {
    const { where, stack, details } = this.facts;
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      retriable: this.retriable,
      ...(where !== undefined && { where }),
      ...(stack !== undefined && { stack }),
      ...(details !== undefined && { details }),
    };
  }

  /** The error that a stored or received body stands for. */
  static fromBody(body: ErrorBody): LatchkeyError {
    const { code, message, hint, retriable, where, stack, details } = body;
    return new LatchkeyError(code, message, {
      hint,
      retriable,
      ...(where !== undefined && { where }),
      ...(stack !== undefined && { stack }),
      ...(details !== undefined && { details }),
    });
  }
}

/** Any thrown value as a LatchkeyError; what is not one already becomes `fallback` (default `INTERNAL`). */
export function toLatchkeyError(thrown: unknown, fallback: ErrorCode = "INTERNAL"): LatchkeyError {
  if (thrown instanceof LatchkeyError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return new LatchkeyError(fallback, message, { cause: thrown, ...(stack !== undefined && { stack }) });
}
