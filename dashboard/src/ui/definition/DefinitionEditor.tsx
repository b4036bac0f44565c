import { Button, Group, Stack, Tabs, TextInput, Title } from "@mantine/core";
import { useState, type ReactElement, type ReactNode } from "react";
import { ErrorBox } from "../ErrorBox.tsx";
import { JsonEditor } from "../schema/JsonEditor.tsx";
import { errorAt, type FieldErrors } from "./definition-errors.ts";

/** A part of the form with its heading. */
export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <Stack component="section" aria-label={title} className="lk-card" p="lg" gap="md">
      <Title order={2}>{title}</Title>
      {children}
    </Stack>
  );
}

/**
 * Edits a definition: the usual by a form, all of it as JSON. Both edit the same value, so one can go from one to the other
 * and back, and what the form does not know stays.
 */
export function DefinitionEditor<T extends object>({ noun, id, onId, value, onChange, form, errors, error, isInvalid, onInvalid, isBusy, isNew, onSave, onCancel }: {
  /** Such as `job`. */
  readonly noun: string;
  readonly id: string;
  readonly onId: (id: string) => void;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly form: ReactNode;
  readonly errors: FieldErrors;
  readonly error: unknown;
  /** Whether some JSON cannot be read. */
  readonly isInvalid: boolean;
  readonly onInvalid: (isInvalid: boolean) => void;
  readonly isBusy: boolean;
  readonly isNew: boolean;
  readonly onSave: () => void;
  readonly onCancel: () => void;
}): ReactElement {
  const [tab, setTab] = useState("form");
  const submit = (): void => {
    if (!isInvalid && id !== "" && !isBusy) onSave();
  };
  return (
    <form
      aria-label={isNew ? `New ${noun}` : `Edit the ${noun} ${id}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
      }}
      noValidate
    >
      <Stack gap="md" maw={820}>
        {isNew && (
          <div className="lk-card" style={{ padding: "var(--mantine-spacing-lg)" }}>
            <TextInput label="Id" description={`Letters, digits, - and _. It names the ${noun} in addresses and commands, and stays.`} value={id} onChange={({ currentTarget }) => onId(currentTarget.value)} error={errorAt(errors, "id")} withAsterisk autoFocus autoComplete="off" spellCheck={false} maw={420} />
          </div>
        )}
        <Tabs
          value={tab}
          onChange={(next) => {
            setTab(next ?? "form");
            onInvalid(false);
          }}
          keepMounted={false}
        >
          <Tabs.List mb="md">
            <Tabs.Tab value="form">Form</Tabs.Tab>
            <Tabs.Tab value="json">As JSON</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="form">
            <Stack gap="md">{form}</Stack>
          </Tabs.Panel>
          <Tabs.Panel value="json">
            <JsonEditor
              label={`Definition of the ${noun} (JSON)`}
              description="All of it, as the API takes it. Secrets that are shown as *** stay as they are."
              value={value}
              minRows={18}
              onInvalid={onInvalid}
              onChange={(next) => {
                const isObject = typeof next === "object" && next !== null && !Array.isArray(next);
                onInvalid(!isObject);
                if (isObject) onChange(next as T);
              }}
              error={Object.entries(errors).map(([place, text]) => `${place}: ${text}`).join("\n") || undefined}
            />
          </Tabs.Panel>
        </Tabs>
        {error !== null && <ErrorBox error={error} title={`The ${noun} was not saved`} />}
        <Group gap="xs">
          <Button type="submit" loading={isBusy} disabled={isInvalid || id === ""} title="Ctrl+Enter">
            {isNew ? `Create ${noun}` : "Save changes"}
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
