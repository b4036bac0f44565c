import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorBody, ErrorCode } from "../model/errors.ts";
import { ERRORS } from "../model/errors.ts";
import { ERROR_CODE } from "./helpers/errors.ts";

const FRAME = /\(?((?:file:\/\/)?\/[^():]+|[A-Za-z]:\\[^():]+):(\d+):(\d+)\)?$/;

/** A thrown value of author code as it crosses to the parent, with the place in the author's own files. */
export function describeError(thrown: unknown, projectDir: string): ErrorBody {
  const error = thrown instanceof Error ? thrown : new Error(typeof thrown === "string" ? thrown : `The code threw ${JSON.stringify(thrown) ?? typeof thrown}, not an Error.`);
  const code = codeOf(error);
  const where = placeInProject(error.stack ?? "", projectDir);
  const retriable = "retriable" in error && typeof error.retriable === "boolean" ? error.retriable : ERRORS[code].retriable;
  const details = "details" in error && typeof error.details === "object" && error.details !== null ? { ...error.details } : undefined;
  return {
    code,
    message: error.name === "Error" || code === "RUN_ERROR" || code === "INVALID_CREDENTIALS" ? error.message : `${error.name}: ${error.message}`,
    hint: ERRORS[code].hint,
    retriable,
    ...(where !== null && { where }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(details !== undefined && { details }),
  };
}

function codeOf(error: Error): ErrorCode {
  const marked: unknown = (error as { [ERROR_CODE]?: unknown })[ERROR_CODE];
  if (marked === "RUN_ERROR" || marked === "INVALID_CREDENTIALS") return marked;
  const own: unknown = (error as { code?: unknown }).code;
  if (own === "PROMPT_TIMED_OUT") return own;
  // Puppeteer puts Chrome's own name of a failed navigation into the message; there is no other field for it.
  return /net::ERR_|NS_ERROR_|Navigation failed/.test(error.message) ? "NAVIGATION_FAILED" : "API_FAILED";
}

function placeInProject(stack: string, projectDir: string): string | null {
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line.trim());
    if (match?.[1] === undefined) continue;
    const file = match[1].startsWith("file://") ? fileURLToPath(match[1]) : match[1];
    const path = relative(projectDir, file);
    if (isAbsolute(path) || path.startsWith("..") || path.split(sep).includes("node_modules")) continue;
    return `${path}:${match[2]}:${match[3]}`;
  }
  return null;
}
