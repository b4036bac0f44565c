import { ERRORS, LatchkeyError, type ErrorCode } from "../../model/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json.ts";

/** Where a client's requests go, and as whom. */
export interface ClientOptions {
  readonly server: string;
  readonly apiKey: string;
  readonly workspace: string;
  /** Null: requests are about the whole workspace. */
  readonly project: string | null;
}

/** Speaks the public HTTP API. Errors of the server are thrown with its own codes. */
export interface HttpClient {
  readonly server: string;
  readonly project: string | null;
  /** `path` begins below the project, or below the workspace when it begins with `~/`. */
  request(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: JsonValue | FormData): Promise<JsonValue>;
  /** Events of a run, with their ids; after a break of the connection it goes on where it was. */
  events(runId: string, signal: AbortSignal): AsyncGenerator<{ readonly type: string; readonly data: JsonObject }>;
}

const RECONNECT_MS = 500;
const GIVE_UP_AFTER = 20;

/** A client for one server. */
export function createHttpClient({ server, apiKey, workspace, project }: ClientOptions): HttpClient {
  const base = `${server.replace(/\/+$/, "")}/api/v1/workspace/${encodeURIComponent(workspace)}`;
  const urlOf = (path: string): string => (path.startsWith("~/") ? `${base}/${path.slice(2)}` : `${base}/projects/${encodeURIComponent(project ?? "")}/${path}`);
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(urlOf(path), { ...init, headers: { ...(init.headers as Record<string, string> | undefined), "x-api-key": apiKey } }).catch((cause: unknown) => {
      if (init.signal?.aborted === true) throw cause;
      throw new LatchkeyError("SERVER_UNREACHABLE", `The server ${server} cannot be reached${reasonOf(cause)}.`, { cause });
    });
    if (response.ok) return response;
    throw errorOf(response.status, await response.json().catch(() => null), server);
  };
  return {
    server,
    project,
    async request(method, path, body) {
      const isForm = body instanceof FormData;
      const response = await send(path, { method, ...(body !== undefined && { body: isForm ? body : JSON.stringify(body), ...(!isForm && { headers: { "content-type": "application/json" } }) }) });
      return response.status === 204 ? null : ((await response.json()) as JsonValue);
    },
    async *events(runId, signal) {
      let last: string | null = null;
      for (let failures = 0; ; ) {
        try {
          const response = await send(`runs/${runId}/events`, { signal, headers: last === null ? {} : { "last-event-id": last } });
          for await (const { id, event, data } of readEvents(response)) {
            failures = 0;
            last = id ?? last;
            yield { type: event, data };
            if (event === "end") return;
          }
        } catch (thrown) {
          if (signal.aborted || (thrown instanceof LatchkeyError && thrown.code !== "SERVER_UNREACHABLE" && thrown.code !== "STORE_UNAVAILABLE")) throw thrown;
          // The run goes on without us; its server may be restarting.
          if (++failures >= GIVE_UP_AFTER) throw new LatchkeyError("SERVER_UNREACHABLE", `The connection to ${server} broke while run ${runId} went on.`, { cause: thrown, hint: `See what became of it: latchkey runs show ${runId}` });
        }
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    },
  };
}

/** Server-sent events, as the HTML standard writes them. */
async function* readEvents(response: Response): AsyncGenerator<{ readonly id: string | null; readonly event: string; readonly data: JsonObject }> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const fields = new Map(text.slice(0, end).split("\n").flatMap((line) => (/^(id|event|data): ?(.*)$/.exec(line) === null ? [] : [[line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trimStart()] as const])));
      text = text.slice(end + 2);
      const data: unknown = fields.has("data") ? JSON.parse(fields.get("data") ?? "") : null;
      if (isJsonObject(data)) yield { id: fields.get("id") ?? null, event: fields.get("event") ?? "message", data };
    }
  }
}

function errorOf(status: number, body: unknown, server: string): LatchkeyError {
  const details = isJsonObject(body) && isJsonObject(body["details"]) ? body["details"] : {};
  const message = isJsonObject(body) && typeof body["message"] === "string" ? body["message"] : `The server ${server} answered ${status}.`;
  const { code, hint } = details;
  const known = typeof code === "string" && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : status >= 500 ? "SERVER_UNREACHABLE" : "REQUEST_INVALID";
  return new LatchkeyError(known, message, typeof hint === "string" ? { hint } : {});
}

function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error && "code" in thrown.cause ? String(thrown.cause.code) : "";
  return cause === "" ? "" : ` (${cause})`;
}
