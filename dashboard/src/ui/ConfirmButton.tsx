import { Button, Group, Modal, Stack, Text, TextInput, type ButtonProps } from "@mantine/core";
import { useState, type AriaAttributes, type ReactElement, type ReactNode } from "react";
import { ErrorBox } from "./ErrorBox.tsx";

/** What a confirmation says and does. */
export interface Confirmation {
  /** The question, such as `Delete the auth session "sam"?` */
  readonly title: string;
  /** What will be gone, and what will not. */
  readonly children: ReactNode;
  /** On the button that does it: a verb, such as `Delete`. */
  readonly confirmLabel: string;
  /** For what cannot be undone: the name that has to be typed. */
  readonly typeName?: string;
  /** Stays open and shows the error when it rejects. */
  readonly onConfirm: () => Promise<unknown>;
}

/** A button that asks before it destroys. */
export function ConfirmButton({ label, icon, buttonProps, ...confirmation }: Confirmation & { readonly label: string; readonly icon?: ReactNode; readonly buttonProps?: ButtonProps & AriaAttributes }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={icon} {...buttonProps} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <ConfirmModal {...confirmation} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}

/** The same without a button, for menus. */
export function ConfirmModal({ title, children, confirmLabel, typeName, onConfirm, isOpen, onClose }: Confirmation & { readonly isOpen: boolean; readonly onClose: () => void }): ReactElement {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} centered closeButtonProps={{ "aria-label": "Close" }}>
      {/* Inside the modal, so that each time it opens it begins anew. */}
      <Question confirmLabel={confirmLabel} {...(typeName !== undefined && { typeName })} onConfirm={onConfirm} onClose={onClose}>
        {children}
      </Question>
    </Modal>
  );
}

function Question({ children, confirmLabel, typeName, onConfirm, onClose }: Omit<Confirmation, "title"> & { readonly onClose: () => void }): ReactElement {
  const [typed, setTyped] = useState("");
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly error: unknown }>({ isBusy: false, error: null });
  const isAllowed = typeName === undefined || typed === typeName;
  const confirm = async (): Promise<void> => {
    setState({ isBusy: true, error: null });
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setState({ isBusy: false, error });
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isAllowed) void confirm();
      }}
    >
      <Stack gap="md">
        <Text size="sm" component="div">
          {children}
        </Text>
        {typeName !== undefined && <TextInput data-autofocus label={`Type "${typeName}" to confirm`} value={typed} onChange={({ currentTarget }) => setTyped(currentTarget.value)} autoComplete="off" spellCheck={false} />}
        {state.error !== null && <ErrorBox error={state.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} {...(typeName === undefined && { "data-autofocus": true })}>
            Keep
          </Button>
          <Button type="submit" color="red.9" disabled={!isAllowed} loading={state.isBusy}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
