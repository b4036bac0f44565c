import { ActionIcon, Button, CopyButton as MantineCopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactElement } from "react";

/** Copies a text. `label` says what, for people who do not see the icon; with `withText` it is shown. */
export function CopyButton({ value, label, withText = false }: { readonly value: string; readonly label: string; readonly withText?: boolean }): ReactElement {
  return (
    <MantineCopyButton value={value} timeout={1_500}>
      {({ copied, copy }) =>
        withText ? (
          <Button size="xs" variant="default" onClick={copy} leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}>
            {copied ? "Copied" : label}
          </Button>
        ) : (
          <Tooltip label={copied ? "Copied" : label}>
            <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={copied ? "Copied" : label}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )
      }
    </MantineCopyButton>
  );
}
