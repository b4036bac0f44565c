import { Button, Checkbox, Group, MultiSelect, PasswordInput, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Sink } from "../../api/definitions.ts";
import { errorAt, type FieldErrors } from "./definition-errors.ts";
import { withPart } from "./with-part.ts";

const MASK = "***";
const KINDS = [
  { value: "none", label: "Nowhere" },
  { value: "webhook", label: "Webhook" },
  { value: "s3", label: "S3 storage" },
];

/** Where results are sent. Masked secrets stay as they are until another is typed. */
export function SinkFields({ apis, value, onChange, errors }: { readonly apis: readonly string[]; readonly value: Sink | null; readonly onChange: (value: Sink | null) => void; readonly errors: FieldErrors }): ReactElement {
  const change = (kind: string): void => onChange(kind === "none" ? null : kind === "webhook" ? { type: "webhook", url: "" } : { type: "s3", bucket: "", region: "", accessKeyId: "", secretAccessKey: "" });
  return (
    <Stack gap="sm">
      <SegmentedControl aria-label="Send results to" data={KINDS} value={value?.type ?? "none"} onChange={change} fullWidth maw={420} />
      {value === null && (
        <Text size="sm" c="dimmed">
          Results stay with the runs. A sink sends each one on, at least once.
        </Text>
      )}
      {value?.type === "webhook" && <WebhookFields value={value} onChange={onChange} errors={errors} />}
      {value?.type === "s3" && <StorageFields value={value} onChange={onChange} errors={errors} />}
      {value !== null && (
        <>
          <MultiSelect label="Only results of" placeholder={(value.apisToSend ?? []).length === 0 ? "All APIs" : ""} data={[...new Set([...apis, ...(value.apisToSend ?? [])])]} value={[...(value.apisToSend ?? [])]} onChange={(names) => onChange(withPart(value, { apisToSend: names.length === 0 ? undefined : names }))} searchable clearable />
          <Checkbox label="Leave out runs that did not complete" checked={value.skipOnFail === true} onChange={({ currentTarget }) => onChange(withPart(value, { skipOnFail: currentTarget.checked || undefined }))} />
        </>
      )}
    </Stack>
  );
}

function WebhookFields({ value, onChange, errors }: { readonly value: Sink; readonly onChange: (value: Sink) => void; readonly errors: FieldErrors }): ReactElement {
  const headers = Object.entries(value.headers ?? {});
  const set = (entries: readonly (readonly [string, string])[]): void => onChange(withPart(value, { headers: entries.length === 0 ? undefined : Object.fromEntries(entries) }));
  return (
    <>
      <TextInput label="Address" placeholder="https://example.com/results" value={value.url ?? ""} onChange={({ currentTarget }) => onChange({ ...value, url: currentTarget.value })} error={errorAt(errors, "sink")} autoComplete="off" spellCheck={false} withAsterisk />
      {headers.map(([name, secret], index) => (
        <Group key={index} gap="xs" align="flex-end" wrap="nowrap">
          <TextInput label={`Header ${index + 1}`} value={name} onChange={({ currentTarget }) => set(headers.with(index, [currentTarget.value, secret]))} autoComplete="off" spellCheck={false} style={{ flex: 1 }} />
          <PasswordInput label={`Value of header ${index + 1}`} value={secret} onFocus={({ currentTarget }) => secret === MASK && currentTarget.select()} onChange={({ currentTarget }) => set(headers.with(index, [name, currentTarget.value]))} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": `Show the value of header ${index + 1}` }} style={{ flex: 1 }} />
          <Button variant="default" px="xs" aria-label={`Remove header ${index + 1}`} onClick={() => set(headers.toSpliced(index, 1))}>
            <IconTrash size={16} aria-hidden />
          </Button>
        </Group>
      ))}
      <div>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} disabled={headers.some(([name]) => name === "")} onClick={() => set([...headers, ["", ""]])}>
          Add a header
        </Button>
      </div>
    </>
  );
}

function StorageFields({ value, onChange, errors }: { readonly value: Sink; readonly onChange: (value: Sink) => void; readonly errors: FieldErrors }): ReactElement {
  const text = (key: "bucket" | "region" | "accessKeyId" | "prefix" | "endpoint", label: string, placeholder: string, isRequired: boolean): ReactElement => (
    <TextInput label={label} placeholder={placeholder} value={value[key] ?? ""} onChange={({ currentTarget }) => onChange(withPart(value, { [key]: currentTarget.value === "" && !isRequired ? undefined : currentTarget.value }))} withAsterisk={isRequired} autoComplete="off" spellCheck={false} error={key === "bucket" ? errorAt(errors, "sink") : undefined} />
  );
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {text("bucket", "Bucket", "results", true)}
        {text("region", "Region", "eu-central-1", true)}
        {text("accessKeyId", "Access key id", "", true)}
        <PasswordInput label="Secret access key" value={value.secretAccessKey ?? ""} onFocus={({ currentTarget }) => value.secretAccessKey === MASK && currentTarget.select()} onChange={({ currentTarget }) => onChange({ ...value, secretAccessKey: currentTarget.value })} withAsterisk autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": "Show the secret access key" }} />
        {text("prefix", "Prefix", "nightly/", false)}
        {text("endpoint", "Endpoint", "Amazon's own", false)}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select label="Format" allowDeselect={false} data={[{ value: "json", label: "JSON: an object for each run" }, { value: "jsonl", label: "JSON lines: an object for a job run" }]} value={value.format ?? "json"} onChange={(format) => onChange(withPart(value, { format: format === "jsonl" ? "jsonl" : undefined }))} />
      </SimpleGrid>
      <Checkbox label="Bucket in the path of the address" checked={value.forcePathStyle ?? value.endpoint !== undefined} onChange={({ currentTarget }) => onChange({ ...value, forcePathStyle: currentTarget.checked })} />
    </>
  );
}
