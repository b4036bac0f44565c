import { posix } from "node:path";
import { parse, printParseErrorCode, type ParseError } from "jsonc-parser";
import type { DeclaredResource } from "../model/deployment.ts";
import { LatchkeyError } from "../model/errors.ts";
import { isJsonObject } from "../model/json.ts";

const ID = /^[A-Za-z0-9_-]{1,128}$/;
/** Ours, and the layout of Intuned projects, whose file names end in `.job.json`. */
const FILE = /^(?:latchkey|intuned-resources)\/(job|queue)s\/([^/]+?)(?:\.(?:job|queue))?\.jsonc?$/;

/**
 * The jobs and queues among the files of a deployment.
 *
 * @throws LatchkeyError `RESOURCE_INVALID`.
 */
export function readDeclaredResources(files: ReadonlyMap<string, Buffer>): readonly DeclaredResource[] {
  const resources: DeclaredResource[] = [];
  for (const [file, bytes] of files) {
    const [, kind, id = ""] = FILE.exec(posix.normalize(file).replace(/^files\//, "")) ?? [];
    if (kind !== "job" && kind !== "queue") continue;
    if (!ID.test(id)) throw new LatchkeyError("RESOURCE_INVALID", `The file ${file} names a ${kind} "${id}", which is no id: letters, digits, dashes and underscores make one.`, { where: file });
    const errors: ParseError[] = [];
    const value: unknown = parse(bytes.toString("utf8"), errors, { allowTrailingComma: true });
    const [error] = errors;
    if (error !== undefined) throw new LatchkeyError("RESOURCE_INVALID", `The file ${file} is not valid JSON: ${printParseErrorCode(error.error)}.`, { where: file });
    if (!isJsonObject(value)) throw new LatchkeyError("RESOURCE_INVALID", `The file ${file} holds no JSON object.`, { where: file });
    const before = resources.find((one) => one.kind === kind && one.id === id);
    if (before !== undefined) throw new LatchkeyError("RESOURCE_INVALID", `The ${kind} "${id}" is declared twice: in ${before.file} and in ${file}.`, { where: file });
    resources.push({ kind, id, file, value });
  }
  return resources.sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
}
