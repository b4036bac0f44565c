import { Button, CopyButton, Group, Text } from "@mantine/core";
import { IconClipboardCopy, IconClipboardText, IconKeyboard, IconLogout2 } from "@tabler/icons-react";
import { useEffect, useState, type ReactElement, type Ref } from "react";
import classes from "./LiveView.module.css";
import type { Live } from "./use-live.ts";

/** Below a recording: how to use it, and buttons for what a phone has no keys for. */
export function InputBar({ live: { send, clipboard }, isFocused, isZoomed, onFocus, onLeave, leaveRef }: { readonly live: Live; readonly isFocused: boolean; readonly isZoomed: boolean; readonly onFocus: () => void; readonly onLeave: () => void; readonly leaveRef: Ref<HTMLButtonElement> }): ReactElement {
  const [note, setNote] = useState<string | null>(null);
  useEffect(() => {
    if (clipboard === null) return;
    if (clipboard.text === "") {
      setNote("Nothing is selected on the remote page.");
      return;
    }
    // Browsers let a page write to the clipboard only right after a press; else there is a button.
    navigator.clipboard.writeText(clipboard.text).then(
      () => setNote("Copied from the remote page."),
      () => setNote(null),
    );
  }, [clipboard]);
  const paste = async (): Promise<void> => {
    try {
      const text = await navigator.clipboard.readText();
      if (text !== "") send({ type: "text", text });
    } catch {
      setNote("The browser did not let this page read the clipboard. Press Ctrl+V in the remote page instead.");
    }
    onFocus();
  };
  return (
    <Group className={classes["bar"] ?? ""} gap="xs" justify="space-between">
      <Group gap={6}>
        <Button size="compact-sm" variant={isFocused ? "light" : "default"} leftSection={<IconKeyboard size={15} aria-hidden />} onClick={onFocus} aria-pressed={isFocused}>
          Keyboard
        </Button>
        <Button size="compact-sm" variant="default" leftSection={<IconClipboardText size={15} aria-hidden />} onClick={() => void paste()}>
          Paste
        </Button>
        <Button size="compact-sm" variant="default" leftSection={<IconClipboardCopy size={15} aria-hidden />} onClick={() => send({ type: "copy" })}>
          Copy
        </Button>
        <Button ref={leaveRef} size="compact-sm" variant="default" leftSection={<IconLogout2 size={15} aria-hidden />} onClick={onLeave}>
          Leave
        </Button>
        {clipboard !== null && clipboard.text !== "" && note === null && (
          <CopyButton value={clipboard.text}>
            {({ copy, copied }) => (
              <Button size="compact-sm" variant="light" onClick={copy}>
                {copied ? "Copied" : "Copy to this computer"}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
      <Text size="xs" c="dimmed" role="status">
        {note ?? (isZoomed && matchMedia("(pointer: coarse)").matches ? "Move the picture with two fingers." : isFocused ? "Keys go to the remote page, Tab too. Press Esc twice, or Leave, to come back." : "Click the picture, or Keyboard, to type there.")}
      </Text>
    </Group>
  );
}
