import { Box } from "@mantine/core";
import type { ReactElement } from "react";
import { CopyButton } from "./CopyButton.tsx";

/** Code to read and to copy. Scrolls by itself, also by keyboard. */
export function CodeBlock({ code, label, maxHeight = 320 }: { readonly code: string; /** What the code is, for screen readers and the copy button. */ readonly label: string; readonly maxHeight?: number }): ReactElement {
  return (
    <Box pos="relative" w="100%" style={{ minWidth: 0 }}>
      <Box component="pre" tabIndex={0} role="region" aria-label={label} m={0} p="sm" pr={40} fz="xs" ff="monospace" style={{ background: "var(--lk-sunken)", border: "1px solid var(--lk-border)", borderRadius: "var(--mantine-radius-md)", overflow: "auto", maxHeight, textAlign: "left" }}>
        {code}
      </Box>
      <Box pos="absolute" top={6} right={6} style={{ background: "var(--lk-sunken)", borderRadius: 6 }}>
        <CopyButton value={code} label={`Copy ${label.toLowerCase()}`} />
      </Box>
    </Box>
  );
}
