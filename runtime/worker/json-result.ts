import type { JsonValue } from "../model/json.ts";

/** The first thing in a result that JSON cannot hold. */
export interface NotJson {
  /** Where it is, such as `result.items[3].when`. */
  readonly path: string;
  readonly what: string;
}

/** A function's return value as JSON: undefined becomes null, dates become texts; anything else that JSON would lose is named. */
export function toJsonResult(value: unknown): { readonly value: JsonValue } | { readonly problem: NotJson } {
  const problem = findProblem(value, "result", new Set());
  if (problem !== null) return { problem };
  const text = JSON.stringify(value);
  // JSON.parse gives exactly what the caller will read; its type is what JSON can hold.
  return { value: text === undefined ? null : (JSON.parse(text) as JsonValue) };
}

function findProblem(value: unknown, path: string, parents: Set<object>): NotJson | null {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return null;
    case "number":
      return Number.isFinite(value) ? null : { path, what: String(value) };
    case "function":
    case "symbol":
    case "bigint":
      return { path, what: `a ${typeof value}` };
    case "object":
      return value === null ? null : findProblemInObject(value, path, parents);
  }
}

function findProblemInObject(value: object, path: string, parents: Set<object>): NotJson | null {
  if (parents.has(value)) return { path, what: "an object that contains itself" };
  if ("toJSON" in value && typeof value.toJSON === "function") return null;
  const name = value.constructor?.name ?? "Object";
  if (value instanceof Map || value instanceof Set || value instanceof Promise || ArrayBuffer.isView(value)) return { path, what: `a ${name}` };
  if ("asElement" in value && "dispose" in value) return { path, what: `a ${name}, which lives in the browser` };
  parents.add(value);
  try {
    for (const [key, item] of Object.entries(value)) {
      const problem = findProblem(item, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, parents);
      if (problem !== null) return problem;
    }
    return null;
  } finally {
    parents.delete(value);
  }
}
