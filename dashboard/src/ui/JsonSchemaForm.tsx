import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState, type ReactElement } from "react";
import type { JsonSchema } from "../api/types.ts";
import { JsonEditor } from "./schema/JsonEditor.tsx";
import { resolve } from "./schema/resolve.ts";
import { ObjectFields } from "./schema/SchemaField.tsx";

/** Parameters as they are given on. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Parameters as a form, drawn from their JSON Schema; at any time as JSON too. Without a schema, as JSON alone.
 * What it checks is little: the server has the last word, and {@link fieldErrorsOf} brings its word to the fields.
 */
export function JsonSchemaForm({ schema, value, onChange, onInvalid, errors = {}, label = "Parameters" }: { readonly schema: JsonSchema | null; readonly value: Parameters; readonly onChange: (value: Parameters) => void; /** Told whether what is typed is no JSON object. */ readonly onInvalid?: (isInvalid: boolean) => void; /** By place, such as `orders[0].id`. */ readonly errors?: Readonly<Record<string, string>>; readonly label?: string }): ReactElement {
  const [form, setForm] = useState<"form" | "json">("form");
  const whole = schema === null ? null : resolve(schema, schema);
  const hasFields = whole?.properties !== undefined;
  const isForm = hasFields && form === "form";
  const changeJson = (next: unknown): void => {
    const isObject = typeof next === "object" && next !== null && !Array.isArray(next);
    onInvalid?.(next !== undefined && !isObject);
    if (next === undefined) onChange({});
    else if (isObject) onChange(next as Parameters);
  };
  return (
    <Stack gap="md" role="group" aria-label={label}>
      {hasFields && (
        <Group justify="flex-end">
          <SegmentedControl
            size="xs"
            aria-label="Edit as"
            data={[
              { value: "form", label: "Form" },
              { value: "json", label: "JSON" },
            ]}
            value={form}
            onChange={(next) => {
              setForm(next === "json" ? "json" : "form");
              onInvalid?.(false);
            }}
          />
        </Group>
      )}
      {isForm && Object.keys(whole.properties ?? {}).length === 0 && (
        <Text size="sm" c="dimmed">
          It takes no parameters.
        </Text>
      )}
      {isForm ? <ObjectFields path="" schema={whole} root={schema ?? {}} value={value} onChange={(next) => onChange(next as Parameters)} errors={errors} /> : <JsonEditor label={`${label} (JSON)`} value={value} onChange={changeJson} onInvalid={onInvalid} error={Object.entries(errors).map(([path, problem]) => `${path}: ${problem}`).join("\n") || undefined} minRows={6} />}
    </Stack>
  );
}
