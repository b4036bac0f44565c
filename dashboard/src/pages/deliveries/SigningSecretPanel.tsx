import { Button, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { IconEye, IconRotate } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { useRevealSigningSecret, useRotateSigningSecret, type SigningSecret } from "../../api/deliveries.ts";
import { CodeBlock } from "../../ui/CodeBlock.tsx";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RelativeTime } from "../../ui/Time.tsx";

const SNIPPET = `import { Webhook } from "standardwebhooks";

// secret: from your environment. rawBody: the text of the request, before it is parsed.
const body = new Webhook(secret).verify(rawBody, request.headers);
// webhook-id is the same in every try of a delivery: seen before, it is a repeat.`;

/** What webhooks are signed with: revealed on purpose only, since each time is in the audit log. */
export function SigningSecretPanel({ project }: { readonly project: string }): ReactElement {
  const reveal = useRevealSigningSecret(project);
  const rotate = useRotateSigningSecret(project);
  const [shown, setShown] = useState<SigningSecret | null>(null);
  return (
    <Stack component="section" aria-label="Signing secret" className="lk-card" p="lg" gap="md" mt="lg">
      <div>
        <Title order={2}>Signing secret</Title>
        <Text size="sm" c="dimmed">
          Webhooks of this project are signed with it, as Standard Webhooks defines it. Revealing it is noted in the audit log.
        </Text>
      </div>
      {shown !== null && (
        <Group align="flex-end" gap="xs">
          <PasswordInput label="Secret" readOnly value={shown.secret} autoComplete="off" visibilityToggleButtonProps={{ "aria-label": "Show the secret" }} style={{ flex: "1 1 20rem" }} styles={{ innerInput: { fontFamily: "var(--mantine-font-family-monospace)" } }} />
          <CopyButton value={shown.secret} label="Copy the secret" withText />
          <Text size="xs" c="dimmed" w="100%">
            Made <RelativeTime at={shown.createdAt} />
          </Text>
        </Group>
      )}
      {reveal.error !== null && <ErrorBox error={reveal.error} />}
      <Group gap="xs">
        {shown === null ? (
          <Button variant="default" leftSection={<IconEye size={16} aria-hidden />} loading={reveal.isPending} onClick={() => reveal.mutate(undefined, { onSuccess: setShown })}>
            Reveal the secret
          </Button>
        ) : (
          <Button variant="default" onClick={() => setShown(null)}>
            Hide the secret
          </Button>
        )}
        <ConfirmButton label="Rotate" icon={<IconRotate size={16} aria-hidden />} title="Make a new signing secret?" confirmLabel="Rotate the secret" onConfirm={async () => setShown(await rotate.mutateAsync())}>
          For a day webhooks carry a signature of both. Give the new secret to what receives them within that day.
        </ConfirmButton>
      </Group>
      <div>
        <Title order={3} mb="xs">
          How receivers verify
        </Title>
        <CodeBlock code={SNIPPET} label="Verification" />
      </div>
    </Stack>
  );
}
