import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import { ApiError } from "../api/request.ts";

/** An error as it is shown: a sentence, the next step, the stable code. */
export interface ShownError {
  readonly message: string;
  readonly hint: string;
  readonly code: string;
  /** Where it happened, such as an author's source line. */
  readonly where?: string;
}

/** Any thrown value as it is shown. */
export function toShownError(thrown: unknown): ShownError {
  if (thrown instanceof ApiError) return { message: thrown.message, hint: thrown.hint, code: thrown.code };
  return { message: thrown instanceof Error ? thrown.message : String(thrown), hint: "", code: "UNEXPECTED" };
}

/** What went wrong, what to do, and the code to look it up by. */
export function ErrorBox({ error, title, onRetry, children }: { readonly error: unknown; readonly title?: string; readonly onRetry?: () => void; readonly children?: ReactNode }): ReactElement {
  return <ErrorFacts {...toShownError(error)} {...(title !== undefined && { title })} {...(onRetry !== undefined && { onRetry })} children={children} />;
}

/** The same for an error that is known by its parts, such as a run's. */
export function ErrorFacts({ message, hint, code, where, title, isCalm = false, onRetry, children }: ShownError & { readonly title?: string; /** For what somebody wanted, such as a canceled run. */ readonly isCalm?: boolean; readonly onRetry?: () => void; readonly children?: ReactNode }): ReactElement {
  const color = isCalm ? "var(--mantine-color-text)" : "var(--mantine-color-error)";
  return (
    <Alert role={isCalm ? "status" : "alert"} color="red" variant="outline" icon={<IconAlertCircle aria-hidden />} {...(title !== undefined && { title })} styles={{ root: { background: "var(--lk-surface)", borderColor: isCalm ? "var(--lk-border)" : "var(--mantine-color-error)" }, icon: { color }, title: { color }, label: { color }, message: { color: "var(--mantine-color-text)" } }}>
      <Stack gap={6}>
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {message}
        </Text>
        {hint !== "" && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            <strong>Next step:</strong> {hint}
          </Text>
        )}
        <Group gap="sm" align="center">
          <Code>{code}</Code>
          {where !== undefined && <Code>{where}</Code>}
          {onRetry !== undefined && (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
        </Group>
        {children}
      </Stack>
    </Alert>
  );
}
