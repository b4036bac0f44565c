/** Where the server's own routes are; the workspace is that of the session. */
export const WORKSPACE = "/api/v1/workspace/default";

/** The address of a project's part of the API, without a slash at its end. */
export function projectPath(project: string): string {
  return `${WORKSPACE}/projects/${encodeURIComponent(project)}`;
}

/** A request that the server refused, in its own words. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0: the server could not be reached. */
  readonly status: number;
  /** The stable code, such as `RUN_NOT_FOUND`. */
  readonly code: string;
  /** What to do next; empty where the server said nothing. */
  readonly hint: string;
  /** More facts, such as the `errors` of single parameters. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What the server's log knows the request by; null where there is none. */
  readonly correlationId: string | null;

  constructor(facts: { readonly status: number; readonly code: string; readonly message: string; readonly hint: string; readonly details?: Readonly<Record<string, unknown>>; readonly correlationId?: string | null }) {
    super(facts.message);
    this.status = facts.status;
    this.code = facts.code;
    this.hint = facts.hint;
    this.details = facts.details ?? {};
    this.correlationId = facts.correlationId ?? null;
  }
}

/** What a request may carry. */
export interface RequestOptions {
  /** Default `GET`. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Keys without a value are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly signal?: AbortSignal;
  /** Makes a POST that creates safe to send again. */
  readonly idempotencyKey?: string;
}

/**
 * Asks the server. The answer's type is the caller's claim: the dashboard is shipped with the server whose answers it reads.
 *
 * @throws ApiError
 */
export async function request<T>(path: string, { method = "GET", body, query, signal, idempotencyKey }: RequestOptions = {}): Promise<T> {
  const response = await send(withQuery(path, query), {
    method,
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      // The server takes no change without it: another site's form cannot set a header.
      "x-latchkey-dashboard": "1",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  const text = await response.text();
  const answer = parse(text);
  if (!response.ok) throw toApiError(response.status, answer, text);
  return answer as T;
}

/** A file of the API as text, such as a line-by-line log. @throws ApiError */
export async function requestText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await send(path, { credentials: "same-origin", ...(signal !== undefined && { signal }) });
  const text = await response.text();
  if (!response.ok) throw toApiError(response.status, parse(text), text);
  return text;
}

/** A file of the API as it is. @throws ApiError */
export async function requestBlob(path: string, signal?: AbortSignal): Promise<Blob> {
  const response = await send(path, { credentials: "same-origin", ...(signal !== undefined && { signal }) });
  if (response.ok) return response.blob();
  const text = await response.text();
  throw toApiError(response.status, parse(text), text);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw new ApiError({ status: 0, code: "SERVER_UNREACHABLE", message: "The server cannot be reached.", hint: "Check that it runs and that this computer is online; the page tries again by itself." });
  }
}

function withQuery(path: string, query: RequestOptions["query"]): string {
  const entries = Object.entries(query ?? {}).flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, String(value)]]));
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries).toString()}`;
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function toApiError(status: number, answer: unknown, text: string): ApiError {
  const { message, details, correlationId } = asRecord(answer);
  const facts = asRecord(details);
  return new ApiError({
    status,
    code: typeof facts["code"] === "string" ? facts["code"] : `HTTP_${status}`,
    message: typeof message === "string" ? message : text.slice(0, 300) || `The server answered ${status}.`,
    hint: typeof facts["hint"] === "string" ? facts["hint"] : "",
    details: facts,
    correlationId: typeof correlationId === "string" ? correlationId : null,
  });
}

/** The value as an object; an empty one where it is none. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
