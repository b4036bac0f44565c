import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findNodeAtLocation, parse, parseTree, printParseErrorCode, type ParseError } from "jsonc-parser";
import { LatchkeyError } from "../model/errors.ts";
import { translateIntuned } from "./translate-intuned.ts";

const FILES = ["latchkey.jsonc", "latchkey.json", "Intuned.jsonc", "Intuned.json"];

/** A project's settings file. */
export interface SettingsFile {
  /** Null: the project has none. */
  readonly name: string | null;
  readonly value: unknown;
  readonly locate: (path: string) => string;
  /** What was read but means nothing here. */
  readonly warnings: readonly string[];
}

/**
 * Reads `latchkey.jsonc`, or the settings of an Intuned project as they are.
 *
 * @throws LatchkeyError `SETTINGS_INVALID` with line and column of a syntax error.
 */
export function readSettingsFile(dir: string): SettingsFile {
  for (const name of FILES) {
    const text = readText(join(dir, name));
    if (text === null) continue;
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first !== undefined) throw new LatchkeyError("SETTINGS_INVALID", `${name}:${positionOf(text, first.offset)}: ${printParseErrorCode(first.error).replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()}.`);
    const locate = (path: string): string => {
      const root = parseTree(text);
      const node = root === undefined || path === "" ? root : findNodeAtLocation(root, path.split("."));
      return node === undefined ? name : `${name}:${positionOf(text, node.offset)}`;
    };
    if (!basename(name).startsWith("Intuned")) return { name, value, locate, warnings: [] };
    const { settings, ignored } = translateIntuned(value);
    return { name, value: settings, locate: () => name, warnings: ignored.length === 0 ? [] : [`${name}: Latchkey does not use ${ignored.join(", ")}.`] };
  }
  return { name: null, value: null, locate: () => "settings", warnings: [] };
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function positionOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}
