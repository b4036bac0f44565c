import { Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, type ReactElement, type ReactNode } from "react";

/** The heading of a page; it names the browser's tab too. */
export function PageTitle({ title, document: documentTitle, description, badge, actions, mono = false }: { readonly title: string; /** Of the tab, where the heading alone says too little. */ readonly document?: string; readonly description?: ReactNode; readonly badge?: ReactNode; readonly actions?: ReactNode; /** For names and ids. */ readonly mono?: boolean }): ReactElement {
  const ofTab = documentTitle ?? title;
  useEffect(() => {
    document.title = `${ofTab} · Latchkey`;
  }, [ofTab]);
  return (
    <Group justify="space-between" align="flex-start" gap="md" mb="lg" wrap="wrap">
      <Stack gap={4} style={{ minWidth: 0, flex: "1 1 16rem" }}>
        <Group gap="sm" wrap="wrap">
          <Title order={1} style={{ overflowWrap: "anywhere" }} {...(mono && { ff: "monospace", fz: "1.25rem" })}>
            {title}
          </Title>
          {badge}
        </Group>
        {description !== undefined && (
          <Text c="dimmed" size="sm" component="div">
            {description}
          </Text>
        )}
      </Stack>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
