import type { JsonSchema } from "../../api/types.ts";

/** JSON that is edited. */
export type Json = unknown;

/** What kind of field a schema becomes. `json`: none of the others, so its text is edited. */
export type FieldKind = "text" | "number" | "boolean" | "choice" | "object" | "list" | "variants" | "json";

/** A schema as a form reads it: references followed, `null` as an option told apart. */
export interface Field {
  readonly kind: FieldKind;
  readonly schema: JsonSchema;
  readonly isNullable: boolean;
  /** Of a choice. */
  readonly choices: readonly unknown[];
  /** Of variants. */
  readonly variants: readonly JsonSchema[];
}

const MAX_REFS = 20;
const SECRET = /pass(word|phrase)?$|secret|token|api[-_]?key|^pin$|^otp/i;

/** Follows `$ref` and merges a single `allOf`. */
export function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current = schema;
  for (let count = 0; count < MAX_REFS && current.$ref !== undefined; count++) {
    const { $ref, ...own } = current;
    const name = decodeURIComponent($ref.replace(/^#\/(?:definitions|\$defs)\//, ""));
    const target = root.definitions?.[name];
    if (target === undefined) return own;
    current = { ...target, ...own };
  }
  return current;
}

/** How a schema is edited. */
export function toField(schema: JsonSchema, root: JsonSchema): Field {
  const whole = resolve(schema, root);
  const base = { isNullable: false, choices: [], variants: [] };
  const options = whole.anyOf ?? whole.oneOf;
  if (options !== undefined) return fromOptions(whole, options.map((option) => resolve(option, root)), root);
  if (whole.const !== undefined) return { ...base, kind: "choice", schema: whole, choices: [whole.const] };
  if (whole.enum !== undefined) return { ...base, kind: "choice", schema: whole, choices: whole.enum.filter((item) => item !== null), isNullable: whole.enum.includes(null) };
  if (Array.isArray(whole.type)) {
    const types = (whole.type as readonly string[]).filter((type) => type !== "null");
    const isNullable = types.length < whole.type.length;
    return types.length === 1 ? { ...toField({ ...whole, type: types[0] ?? "string" }, root), isNullable } : { ...base, kind: "json", schema: whole, isNullable };
  }
  return { ...base, kind: kindOf(whole), schema: whole };
}

function fromOptions(whole: JsonSchema, options: readonly JsonSchema[], root: JsonSchema): Field {
  const real = options.filter(({ type, const: only }) => type !== "null" && only !== null);
  const isNullable = real.length < options.length;
  const { description, title, default: fallback } = whole;
  const named = { ...(description !== undefined && { description }), ...(title !== undefined && { title }), ...(fallback !== undefined && { default: fallback }) };
  const only = real[0];
  if (real.length === 1 && only !== undefined) return { ...toField({ ...only, ...named }, root), isNullable };
  if (real.every((option) => option.const !== undefined || option.enum !== undefined)) return { kind: "choice", schema: whole, choices: real.flatMap((option) => option.enum ?? [option.const]), isNullable, variants: [] };
  if (real.every((option) => option.type === "object" && option.properties !== undefined)) return { kind: "variants", schema: whole, choices: [], variants: real, isNullable };
  return { kind: "json", schema: whole, choices: [], variants: [], isNullable };
}

function kindOf({ type, properties, items }: JsonSchema): FieldKind {
  if (type === "string") return "text";
  if (type === "number" || type === "integer") return "number";
  if (type === "boolean") return "boolean";
  if (type === "object" && properties !== undefined) return "object";
  if (type === "array" && items !== undefined && !Array.isArray(items)) return "list";
  return "json";
}

/** What a field begins with. */
export function initialValue(schema: JsonSchema, root: JsonSchema): Json {
  const field = toField(schema, root);
  if (field.schema.default !== undefined) return field.schema.default;
  if (field.isNullable) return null;
  if (field.kind === "object" || field.kind === "variants") return initialObject(field.kind === "variants" ? (field.variants[0] ?? field.schema) : field.schema, root);
  if (field.kind === "list") return [];
  if (field.kind === "boolean") return false;
  if (field.kind === "choice") return field.choices.length === 1 ? field.choices[0] : undefined;
  return undefined;
}

/** The keys of an object that have to be there, or have a default. */
export function initialObject(schema: JsonSchema, root: JsonSchema): Readonly<Record<string, Json>> {
  const required = schema.required ?? [];
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const value = required.includes(name) || resolve(property, root).default !== undefined ? initialValue(property, root) : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What a variant of a union is called: by its constant keys, such as `type: "card"`. */
export function variantLabel(schema: JsonSchema, index: number): string {
  const constants = Object.entries(schema.properties ?? {}).flatMap(([name, { const: value }]) => (value === undefined ? [] : [`${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`]));
  return schema.title ?? (constants.length > 0 ? constants.join(", ") : `Variant ${index + 1}`);
}

/** The variant that a value fits best. */
export function variantOf(variants: readonly JsonSchema[], value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  const record = value as Readonly<Record<string, unknown>>;
  const fitting = variants.findIndex(({ properties = {}, required = [] }) => Object.entries(properties).every(([name, { const: only }]) => only === undefined || record[name] === only) && required.every((name) => name in record));
  return Math.max(0, fitting);
}

/** Whether what is typed is not to be shown. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/** The place of a key as the server writes it: `a.b[0].c`. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}
