import { Group, Kbd, Modal, Stack, Text } from "@mantine/core";
import type { ReactElement } from "react";
import type { Session } from "../api/types.ts";
import { may, maySee } from "./Navigation.tsx";
import { PROJECT_PAGES, WORKSPACE_PAGES } from "./navigation.ts";

/** All keys that do something. */
export function HelpModal({ session, isOpen, onClose }: { readonly session: Session; readonly isOpen: boolean; readonly onClose: () => void }): ReactElement {
  const pages = [...WORKSPACE_PAGES.top.filter((page) => maySee(session, page)), ...PROJECT_PAGES.filter(({ scope }) => may(session, scope)), ...WORKSPACE_PAGES.bottom.filter((page) => maySee(session, page))];
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard shortcuts" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack gap={6}>
        <Line keys={["?"]} label="This help" />
        <Line keys={["/"]} label="Focus the filter of the page" />
        {pages.map(({ key, label }) => (
          <Line key={label} keys={["g", key]} label={label} />
        ))}
      </Stack>
    </Modal>
  );
}

function Line({ keys, label }: { readonly keys: readonly string[]; readonly label: string }): ReactElement {
  return (
    <Group justify="space-between">
      <Text size="sm">{label}</Text>
      <Group gap={4}>
        {keys.map((key, index) => (
          <Kbd key={index}>{key}</Kbd>
        ))}
      </Group>
    </Group>
  );
}
