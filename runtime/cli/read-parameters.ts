import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { LatchkeyError } from "../model/errors.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { CliContext } from "./cli-context.ts";

/** What a lone `-` is turned into before the command line is parsed: yargs makes an empty text of it. */
export const STANDARD_INPUT = "@-";

/**
 * Parameters as they are given: inline JSON, `@file`, a path that ends in `.json`, or `-` for standard input.
 *
 * @throws LatchkeyError `INVALID_JSON`, `FILE_NOT_FOUND`. Messages never repeat the parameters, which may hold a password.
 */
export async function readParameters(given: string | undefined, { cwd, stdin }: Pick<CliContext, "cwd" | "stdin">): Promise<JsonObject> {
  if (given === undefined) return {};
  if (isStandardInput(given)) return parse(await readAll(stdin), "standard input");
  const path = given.startsWith("@") ? given.slice(1) : given.endsWith(".json") && !given.trimStart().startsWith("{") ? given : null;
  return path === null ? parse(given, "the parameters") : parse(await readTextFile(path, cwd), path);
}

/** Whether the parameters come from standard input. */
export function isStandardInput(given: string | undefined): boolean {
  return given === STANDARD_INPUT;
}

/** A text file that a user named. @throws LatchkeyError `FILE_NOT_FOUND` */
export async function readTextFile(path: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, path), "utf8");
  } catch (cause) {
    const isAbsent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new LatchkeyError("FILE_NOT_FOUND", isAbsent ? `There is no file ${path}.` : `The file ${path} cannot be read.`, { cause });
  }
}

/** A secret argument that should not be on the command line: `@file` or `env:NAME` stand for it. */
export async function readSecretArgument(given: string, { cwd, env }: Pick<CliContext, "cwd" | "env">): Promise<string> {
  if (given.startsWith("@")) return (await readTextFile(given.slice(1), cwd)).trim();
  if (!given.startsWith("env:")) return given;
  const value = env[given.slice(4)];
  if (value === undefined || value === "") throw new LatchkeyError("USAGE", `The environment variable ${given.slice(4)} is not set.`);
  return value;
}

function parse(text: string, source: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const place = /position (\d+)/.exec(thrown instanceof Error ? thrown.message : "")?.[1];
    throw new LatchkeyError("INVALID_JSON", `${source === "the parameters" ? "The parameters are" : `${source} is`} not valid JSON${place === undefined ? "" : ` (at character ${Number(place) + 1})`}.`);
  }
  if (!isJsonObject(value)) throw new LatchkeyError("INVALID_JSON", `${source === "the parameters" ? "The parameters are" : `${source} is`} not a JSON object.`, { hint: 'Give an object such as {"name": "value"}.' });
  return value;
}
