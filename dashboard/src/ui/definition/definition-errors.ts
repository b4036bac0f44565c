import { ApiError } from "../../api/request.ts";

/** What the server says of single fields, by their place in the definition (`payload.0.parameters`). */
export type FieldErrors = Readonly<Record<string, string>>;

/** Codes that are about one field, whatever the message says. */
const FIELD_OF_CODE: Readonly<Record<string, string>> = {
  JOB_EXISTS: "id",
  QUEUE_EXISTS: "id",
  SINK_INVALID: "sink",
  SCHEDULE_INVALID: "schedule",
  PROXY_INVALID: "proxy",
};
const OF_PAYLOAD = new Set(["API_NOT_FOUND", "PARAMS_INVALID"]);

/**
 * The field that an error of the server is about. `login` is where the definition names its auth session:
 * `auth_session` of a job, `authSession` of a queue.
 */
export function definitionErrorsOf(error: unknown, login: string): FieldErrors {
  if (!(error instanceof ApiError)) return {};
  const { code, message, hint, details } = error;
  const [, place, problem] = /^The body ([\w.-]+) (.+)\.$/.exec(message) ?? [];
  if (code === "REQUEST_INVALID" && place !== undefined && problem !== undefined) return { [place]: problem.charAt(0).toUpperCase() + problem.slice(1) };
  if (OF_PAYLOAD.has(code)) return { [`payload.${typeof details["index"] === "number" ? details["index"] : 0}.${code === "API_NOT_FOUND" ? "apiName" : "parameters"}`]: message };
  if (code.startsWith("AUTH_SESSION")) return { [login]: [message, hint].filter((text) => text !== "").join(" ") };
  const field = FIELD_OF_CODE[code];
  return field === undefined ? {} : { [field]: message };
}

/** The first error of a field or of what is below it. */
export function errorAt(errors: FieldErrors, place: string): string | undefined {
  return Object.entries(errors).find(([path]) => path === place || path.startsWith(`${place}.`))?.[1];
}

/** Those of a part, with places of its own. */
export function errorsBelow(errors: FieldErrors, place: string): FieldErrors {
  return Object.fromEntries(Object.entries(errors).flatMap(([path, text]) => (path.startsWith(`${place}.`) ? [[path.slice(place.length + 1), text]] : [])));
}
