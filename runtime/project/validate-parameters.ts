import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import { closest } from "../model/closest.ts";
import { LatchkeyError } from "../model/errors.ts";
import { isJsonObject, type JsonObject, type JsonSchema } from "../model/json.ts";
import { isSensitiveKey } from "../model/redact.ts";

const MAX_SHOWN = 40;

/**
 * A function that checks parameters and gives them with their defaults filled in.
 *
 * @throws from the function: LatchkeyError `PARAMS_INVALID` that names every path and what was expected there.
 */
export function createParameterValidator(schema: JsonSchema): (parameters: JsonObject) => JsonObject {
  const known = validators.get(schema) ?? compileValidator(schema);
  validators.set(schema, known);
  return known;
}

/** Compiling takes milliseconds, and a server asks for the same schema with every request. */
const validators = new WeakMap<JsonSchema, (parameters: JsonObject) => JsonObject>();

function compileValidator(schema: JsonSchema): (parameters: JsonObject) => JsonObject {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, allowUnionTypes: true, strict: false, verbose: true });
  // The package is CommonJS: its function is one level deeper under Node's own loader.
  (addFormats as unknown as { default: (target: Ajv) => void }).default(ajv);
  const validate = ajv.compile(schema);
  return (parameters) => {
    const copy = structuredClone(parameters);
    if (validate(copy)) return copy;
    const problems = [...new Set((validate.errors ?? []).filter(isTelling).map((error) => describe(error, parameters)))];
    throw new LatchkeyError("PARAMS_INVALID", problems.length === 1 ? `The parameters do not fit: ${problems[0] ?? ""}.` : `The parameters do not fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  };
}

/** A failed branch of a union is told by its parts; the union itself adds nothing. */
function isTelling({ keyword }: ErrorObject): boolean {
  return keyword !== "if";
}

function describe(error: ErrorObject, parameters: JsonObject): string {
  const { keyword, params, parentSchema } = error;
  const path = pathOf(error.instancePath);
  if (keyword === "required") return `${join(path, String(params["missingProperty"]))} is missing`;
  if (keyword === "additionalProperties") {
    const name = String(params["additionalProperty"]);
    const known = isJsonObject(parentSchema?.["properties"]) ? Object.keys(parentSchema["properties"]) : [];
    const near = closest(name, known);
    return `there is no parameter ${join(path, name)}${near === undefined ? (known.length === 0 ? "" : ` (known: ${known.join(", ")})`) : `; did you mean ${join(path, near)}?`}`;
  }
  const expected = keyword === "type" ? `must be a ${String(params["type"])}` : keyword === "enum" ? `must be one of ${(params["allowedValues"] as readonly unknown[]).map((value) => JSON.stringify(value)).join(", ")}` : (error.message ?? "is not valid");
  return `${path === "" ? "the parameters" : path} ${expected}${shown(error, path, parameters)}`;
}

function shown({ data }: ErrorObject, path: string, parameters: JsonObject): string {
  if (path === "" || isSensitiveKey(path.split(".").at(-1) ?? "") || data === parameters) return "";
  const text = JSON.stringify(data) ?? "nothing";
  return `, not ${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}`;
}

function pathOf(instancePath: string): string {
  return instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), "");
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
