import { ApiError } from "../../api/request.ts";

/** What the server says of single parameters, by their place (`a.b[0].c`); what fits no place is left to the whole form. */
export function fieldErrorsOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiError) || error.code !== "PARAMS_INVALID") return {};
  const lines = error.message.includes("\n") ? error.message.split("\n").slice(1) : [error.message.replace(/^[^:]*: /, "").replace(/\.$/, "")];
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, path, problem] = /^\s*([\w$.[\]-]+) ((?:is|must|should) .+)$/.exec(line) ?? [];
      return path === undefined || problem === undefined ? [] : [[path, problem.charAt(0).toUpperCase() + problem.slice(1)]];
    }),
  );
}
