import type { BuildFailure, Message } from "esbuild";
import { LatchkeyError } from "../model/errors.ts";

/** A failure of esbuild as an error that shows the author's own line. */
export function describeBuildFailure(thrown: unknown, source: string): LatchkeyError {
  const messages = isBuildFailure(thrown) ? thrown.errors : [];
  const [first] = messages;
  if (first === undefined) return new LatchkeyError("BUILD_FAILED", `${source} could not be compiled: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
  const code = first.detail === "NATIVE_ADDON" ? "NATIVE_ADDON" : "BUILD_FAILED";
  const more = messages.length > 1 ? `\n(and ${messages.length - 1} more)` : "";
  const install = first.notes.find(({ text }) => text.startsWith("npm install"))?.text;
  return new LatchkeyError(code, `${describe(first, source)}${more}`, { where: placeOf(first) ?? source, ...(install !== undefined && { hint: `Run: ${install}` }) });
}

function isBuildFailure(thrown: unknown): thrown is BuildFailure {
  return thrown instanceof Error && "errors" in thrown && Array.isArray(thrown.errors);
}

function describe(message: Message, source: string): string {
  const { location, text } = message;
  if (location === null) return `${source}: ${text}.`;
  return `${placeOf(message) ?? source}: ${text}.\n\n  ${location.lineText}\n  ${" ".repeat(location.column)}${"^".repeat(Math.max(1, location.length))}`;
}

function placeOf({ location }: Message): string | undefined {
  return location === null ? undefined : `${location.file}:${location.line}:${location.column + 1}`;
}
