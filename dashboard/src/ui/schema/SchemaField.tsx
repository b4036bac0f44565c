import { Autocomplete, Button, Checkbox, Fieldset, Group, NumberInput, PasswordInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { JsonSchema } from "../../api/types.ts";
import { JsonEditor } from "./JsonEditor.tsx";
import { initialObject, initialValue, isSecretName, joinPath, toField, variantLabel, variantOf, type Field, type Json } from "./resolve.ts";

/** What every field is given. */
export interface FieldProps {
  readonly name: string;
  /** Where it is, as the server writes it. */
  readonly path: string;
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
  readonly value: Json;
  readonly isRequired: boolean;
  readonly onChange: (value: Json) => void;
  readonly errors: Readonly<Record<string, string>>;
}

const INPUT_TYPES: Readonly<Record<string, string>> = { date: "date", email: "email", uri: "url", "uri-reference": "text" };
const LONG = 200;
const GROUP = { root: { background: "transparent" }, legend: { fontWeight: 500, fontSize: "var(--mantine-font-size-sm)" } } as const;

/** One parameter as a field, or as a group of fields. */
export function SchemaField(props: FieldProps): ReactElement {
  const field = toField(props.schema, props.root);
  const { name, path, value, isRequired, onChange, errors } = props;
  const { description, default: fallback } = field.schema;
  const note = [description, fallback === undefined ? undefined : `Default: ${JSON.stringify(fallback)}`].filter((part) => part !== undefined).join(" · ");
  const common = { label: name, description: note === "" ? undefined : note, error: errors[path], withAsterisk: isRequired };
  switch (field.kind) {
    case "text":
      return <TextField {...props} field={field} common={common} />;
    case "number":
      return <NumberInput {...common} value={typeof value === "number" ? value : ""} onChange={(next) => onChange(typeof next === "number" ? next : undefined)} allowDecimal={field.schema.type !== "integer"} min={field.schema.minimum} max={field.schema.maximum} clampBehavior="none" thousandSeparator={false} />;
    case "boolean":
      return <Checkbox {...common} label={name} checked={value === true} onChange={({ currentTarget }) => onChange(currentTarget.checked || isRequired || fallback !== undefined ? currentTarget.checked : undefined)} />;
    case "choice":
      return <ChoiceField {...props} field={field} common={common} />;
    case "object":
      return <ObjectField {...props} schema={field.schema} />;
    case "variants":
      return <VariantsField {...props} field={field} />;
    case "list":
      return <ListField {...props} field={field} />;
    case "json":
      return <JsonEditor {...common} description={common.description ?? "JSON"} value={value} onChange={onChange} minRows={2} />;
  }
}

interface CommonProps {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  readonly withAsterisk: boolean;
}

function TextField({ name, value, isRequired, onChange, field, common }: FieldProps & { readonly field: Field; readonly common: CommonProps }): ReactElement {
  const { format = "", maxLength } = field.schema;
  const text = typeof value === "string" ? value : "";
  // An optional text that is empty is one that is not given.
  const change = (next: string): void => onChange(next === "" && !isRequired ? (field.isNullable ? null : undefined) : next);
  if (isSecretName(name)) return <PasswordInput {...common} value={text} onChange={({ currentTarget }) => change(currentTarget.value)} autoComplete="off" visibilityToggleButtonProps={{ "aria-label": `Show ${name}`, tabIndex: 0 }} />;
  if (format === "date-time") return <Autocomplete {...common} value={text} onChange={change} data={[new Date().toISOString()]} placeholder="2026-01-31T12:00:00Z" />;
  if ((maxLength ?? 0) > LONG || text.length > LONG || text.includes("\n")) return <Textarea {...common} value={text} onChange={({ currentTarget }) => change(currentTarget.value)} autosize minRows={3} maxRows={12} />;
  return <TextInput {...common} type={INPUT_TYPES[format] ?? "text"} value={text} onChange={({ currentTarget }) => change(currentTarget.value)} placeholder={format === "" || format in INPUT_TYPES ? undefined : format} autoComplete="off" />;
}

function ChoiceField({ value, isRequired, onChange, field, common }: FieldProps & { readonly field: Field; readonly common: CommonProps }): ReactElement {
  const data = field.choices.map((choice) => ({ value: JSON.stringify(choice), label: typeof choice === "string" ? choice : JSON.stringify(choice) }));
  return <Select {...common} data={data} value={value === undefined || value === null ? null : JSON.stringify(value)} onChange={(next) => onChange(next === null ? (field.isNullable ? null : undefined) : (JSON.parse(next) as Json))} clearable={!isRequired || field.isNullable} allowDeselect={!isRequired} searchable={data.length > 8} placeholder="Choose" />;
}

/** The fields of an object, one below the other. */
export function ObjectFields({ path, schema, root, value, onChange, errors }: Pick<FieldProps, "path" | "schema" | "root" | "value" | "onChange" | "errors">): ReactElement {
  const record = typeof value === "object" && value !== null ? (value as Readonly<Record<string, Json>>) : {};
  const set = (name: string, next: Json): void => {
    const { [name]: _before, ...rest } = record;
    onChange(next === undefined ? rest : { ...record, [name]: next });
  };
  return (
    <Stack gap="md">
      {Object.entries(schema.properties ?? {}).map(([name, property]) => (
        <SchemaField key={name} name={name} path={joinPath(path, name)} schema={property} root={root} value={record[name]} isRequired={schema.required?.includes(name) === true} onChange={(next) => set(name, next)} errors={errors} />
      ))}
    </Stack>
  );
}

function ObjectField(props: FieldProps): ReactElement {
  const { name, schema, root, value, isRequired, onChange } = props;
  const isGiven = value !== undefined && value !== null;
  return (
    <Fieldset legend={name} variant="default" styles={GROUP}>
      <Stack gap="sm">
        {schema.description !== undefined && <Note text={schema.description} />}
        {!isRequired && <Checkbox label={`Give ${name}`} checked={isGiven} onChange={({ currentTarget }) => onChange(currentTarget.checked ? initialObject(schema, root) : undefined)} />}
        {(isGiven || isRequired) && <ObjectFields {...props} />}
      </Stack>
    </Fieldset>
  );
}

function VariantsField({ field, ...props }: FieldProps & { readonly field: Field }): ReactElement {
  const { name, root, value, isRequired, onChange } = props;
  const isGiven = value !== undefined && value !== null;
  const current = variantOf(field.variants, value);
  const variant = field.variants[current];
  return (
    <Fieldset legend={name} styles={GROUP}>
      <Stack gap="md">
        {field.schema.description !== undefined && <Note text={field.schema.description} />}
        <Select
          label="Kind"
          data={field.variants.map((one, index) => ({ value: String(index), label: variantLabel(one, index) }))}
          value={isGiven || isRequired ? String(current) : null}
          onChange={(next) => onChange(next === null ? undefined : initialObject(field.variants[Number(next)] ?? {}, root))}
          clearable={!isRequired}
          allowDeselect={false}
          placeholder="None"
        />
        {(isGiven || isRequired) && variant !== undefined && <ObjectFields {...props} schema={variant} />}
      </Stack>
    </Fieldset>
  );
}

function ListField({ field, ...props }: FieldProps & { readonly field: Field }): ReactElement {
  const { name, path, root, value, isRequired, onChange, errors } = props;
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  const itemSchema = (field.schema.items ?? {}) as JsonSchema;
  const set = (next: readonly Json[]): void => onChange(next.length === 0 && !isRequired ? undefined : next);
  return (
    <Fieldset legend={`${name}${isRequired ? " *" : ""}`} styles={GROUP}>
      <Stack gap="sm">
        {field.schema.description !== undefined && <Note text={field.schema.description} />}
        {items.map((item, index) => (
          <Group key={index} align="flex-end" wrap="nowrap" gap="xs">
            <div style={{ flex: 1, minWidth: 0 }}>
              <SchemaField {...props} name={`${name} ${index + 1}`} path={joinPath(path, index)} schema={itemSchema} isRequired value={item} onChange={(next) => set(items.with(index, next === undefined ? "" : next))} />
            </div>
            <Button variant="default" px="xs" aria-label={`Remove ${name} ${index + 1}`} onClick={() => set(items.toSpliced(index, 1))}>
              <IconTrash size={16} aria-hidden />
            </Button>
          </Group>
        ))}
        {errors[path] !== undefined && (
          <Text size="xs" c="var(--mantine-color-error)">
            {errors[path]}
          </Text>
        )}
        <div>
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => set([...items, initialValue(itemSchema, root) ?? ""])}>
            Add to {name}
          </Button>
        </div>
      </Stack>
    </Fieldset>
  );
}

function Note({ text }: { readonly text: string }): ReactElement {
  return (
    <Text size="xs" c="dimmed">
      {text}
    </Text>
  );
}
