import { Center, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { IconCircleDashed } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import { CodeBlock } from "./CodeBlock.tsx";

/** What stands where there is nothing yet: what would be here, and how to get it here. */
export function EmptyState({ icon: Icon, title, children, command, action, order = 2 }: { readonly icon: typeof IconCircleDashed; readonly title: string; readonly children?: ReactNode; /** A command that fills the place. */ readonly command?: string; readonly action?: ReactNode; /** 1 where it is the whole page. Default 2. */ readonly order?: 1 | 2 }): ReactElement {
  return (
    <Center py={48} px="md" className="lk-card">
      <Stack align="center" gap="sm" maw={520} w="100%">
        <ThemeIcon variant="light" size={44} radius="xl" aria-hidden>
          <Icon size={24} stroke={1.6} />
        </ThemeIcon>
        <Title order={order} ta="center">
          {title}
        </Title>
        {children !== undefined && (
          <Text c="dimmed" ta="center" size="sm" component="div">
            {children}
          </Text>
        )}
        {command !== undefined && <CodeBlock code={command} label="Command" />}
        {action}
      </Stack>
    </Center>
  );
}
