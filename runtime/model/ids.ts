import { LatchkeyError } from "./errors.ts";

/** What an auth session's id may look like: it is also a file name, so no path characters. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._@-]{2,127}$/;

/** `create` stands where an id stands in the HTTP contract's path, so it cannot be one (WIRE-API 4.5). */
const RESERVED = new Set(["create", "import", "record"]);

/**
 * Checks the id of an auth session.
 *
 * @throws LatchkeyError `INVALID_ID`.
 */
export function assertAuthSessionId(id: string): void {
  if (RESERVED.has(id)) throw new LatchkeyError("INVALID_ID", `"${id}" cannot be the id of an auth session: it is a reserved word.`, { hint: "Choose another id." });
  if (!ID.test(id) || id.includes("..")) throw new LatchkeyError("INVALID_ID", `"${id}" cannot be the id of an auth session.`);
}

/** A project's name stands in paths, so no slash and nothing that needs a second look. */
const PROJECT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * Checks the name of a project on a hosted runtime.
 *
 * @throws LatchkeyError `INVALID_ID`.
 */
export function assertProjectName(name: string): void {
  if (!PROJECT_NAME.test(name) || name.includes("..")) throw new LatchkeyError("INVALID_ID", `"${name}" cannot be the name of a project on a server.`, { hint: "Use letters, digits, dots, dashes and underscores; set it as \"name\" in latchkey.jsonc." });
}
