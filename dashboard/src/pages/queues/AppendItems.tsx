import { Button, Group, Modal, NumberInput, SimpleGrid, Stack, Tabs, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useRef, useState, type ReactElement } from "react";
import { useAppendItems, type ItemInput } from "../../api/queues.ts";
import { definitionErrorsOf, errorsBelow } from "../../ui/definition/definition-errors.ts";
import { PayloadFields } from "../../ui/definition/PayloadFields.tsx";
import { withPart } from "../../ui/definition/with-part.ts";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { JsonEditor } from "../../ui/schema/JsonEditor.tsx";

/** Opens the form that appends items. */
export function AppendButton({ project, queueId }: { readonly project: string; readonly queueId: string }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        Append
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Append to ${queueId}`} size="lg" closeButtonProps={{ "aria-label": "Close" }}>
        <AppendForm project={project} queueId={queueId} onClose={() => setOpen(false)} />
      </Modal>
    </>
  );
}

const EMPTY: readonly ItemInput[] = [{ apiName: "", parameters: {} }];

/** One item by a form, or many as JSON: all or none are appended. */
function AppendForm({ project, queueId, onClose }: { readonly project: string; readonly queueId: string; readonly onClose: () => void }): ReactElement {
  const [items, setItems] = useState(EMPTY);
  const [tab, setTab] = useState("one");
  const [isInvalid, setInvalid] = useState(false);
  const append = useAppendItems(project, queueId);
  // One for each thing that is asked for: pressed again after a broken connection, it appends nothing twice.
  const key = useRef({ text: "", key: "" });
  const [first = { apiName: "", parameters: {} }] = items;
  const changeFirst = (next: ItemInput): void => setItems([next, ...items.slice(1)]);
  const errors = errorsBelow(definitionErrorsOf(append.error, "authSession"), "payload.0");
  const isReady = !isInvalid && items.length > 0 && items.every(({ apiName }) => typeof apiName === "string" && apiName !== "");
  return (
    <form
      aria-label="Append items"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady) return;
        const text = JSON.stringify(items);
        if (key.current.text !== text) key.current = { text, key: crypto.randomUUID() };
        append.mutate({ items, idempotencyKey: key.current.key }, { onSuccess: onClose });
      }}
    >
      <Stack gap="md">
        <Tabs
          value={tab}
          onChange={(next) => {
            setTab(next ?? "one");
            setInvalid(false);
            if (next === "one") setItems(items.slice(0, 1));
          }}
          keepMounted={false}
        >
          <Tabs.List mb="md">
            <Tabs.Tab value="one">One item</Tabs.Tab>
            <Tabs.Tab value="many">Many, as JSON</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="one">
            <Stack gap="md">
              <PayloadFields project={project} value={first} onChange={changeFirst} onInvalid={setInvalid} errors={errors} label="Parameters of the item" />
              <SimpleGrid cols={{ base: 1, xs: 3 }}>
                <NumberInput label="Priority" placeholder="0" min={-1_000} max={1_000} allowDecimal={false} value={first.priority ?? ""} onChange={(priority) => changeFirst(withPart(first, { priority: typeof priority === "number" ? priority : undefined }))} />
                <TextInput label="Not before" type="datetime-local" onChange={({ currentTarget }) => changeFirst(withPart(first, { notBefore: currentTarget.value === "" ? undefined : new Date(currentTarget.value).toISOString() }))} />
                <TextInput label="Item id" placeholder="None" title="The same id is appended once, however often it is sent." value={first.id ?? ""} onChange={({ currentTarget }) => changeFirst(withPart(first, { id: currentTarget.value === "" ? undefined : currentTarget.value }))} autoComplete="off" />
              </SimpleGrid>
            </Stack>
          </Tabs.Panel>
          <Tabs.Panel value="many">
            <JsonEditor
              label="Items (JSON)"
              description="A list. Each has apiName and parameters, and may have id, priority, notBefore, authSession, retry, requestTimeout and sink."
              value={items}
              minRows={10}
              onInvalid={setInvalid}
              onChange={(next) => {
                const isList = Array.isArray(next) && next.every((item) => typeof item === "object" && item !== null);
                setInvalid(!isList);
                if (isList) setItems(next as readonly ItemInput[]);
              }}
            />
          </Tabs.Panel>
        </Tabs>
        {append.error !== null && <ErrorBox error={append.error} title="Nothing was appended" />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={append.isPending} disabled={!isReady}>
            {items.length > 1 ? `Append ${items.length} items` : "Append item"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
