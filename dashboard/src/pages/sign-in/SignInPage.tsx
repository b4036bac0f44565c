import { Anchor, Button, Center, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type ReactElement } from "react";
import { ApiError } from "../../api/request.ts";
import { sessionQuery, useSignIn } from "../../api/session.ts";
import { CodeBlock } from "../../ui/CodeBlock.tsx";
import { ErrorFacts, toShownError } from "../../ui/ErrorBox.tsx";

/** Signing in with an API key. Afterwards the page that was asked for is shown. */
export function SignInPage(): ReactElement {
  const { to } = useSearch({ from: "/sign-in" });
  const { history } = useRouter();
  const { data: session } = useQuery(sessionQuery);
  const signIn = useSignIn();
  const [key, setKey] = useState("");
  useEffect(() => {
    document.title = "Sign in · Latchkey";
  }, []);
  useEffect(() => {
    if (session !== null && session !== undefined && to !== undefined) history.replace(to);
  }, [session, to, history]);
  if (session !== null && session !== undefined && to === undefined) return <Navigate to="/" replace />;
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Stack align="center" gap="xs">
          <img src="/icon.svg" alt="" width={48} height={48} />
          <Title order={1}>Sign in to Latchkey</Title>
        </Stack>
        <form
          className="lk-card"
          style={{ padding: "1.5rem" }}
          onSubmit={(event) => {
            event.preventDefault();
            if (key.trim() !== "") signIn.mutate(key.trim());
          }}
        >
          <Stack gap="md">
            <PasswordInput label="API key" placeholder="lk_…" value={key} onChange={({ currentTarget }) => setKey(currentTarget.value)} autoFocus autoComplete="current-password" spellCheck={false} required withAsterisk={false} visibilityToggleButtonProps={{ "aria-label": "Show the key", tabIndex: 0 }} />
            {signIn.error !== null && <ErrorFacts {...toShownError(signIn.error)} {...(isWrongKey(signIn.error) && { hint: "Look whether you have copied all of it, or make another one with the command below." })} />}
            <Button type="submit" fullWidth loading={signIn.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
        <Stack gap="xs">
          <Text size="sm" c="dimmed">
            The first start of <code>latchkey serve</code> prints a key. Make another one with:
          </Text>
          <CodeBlock label="Command" code="latchkey keys create NAME --scope admin" />
          <Text size="sm" c="dimmed">
            Everything here is in the <Anchor href="/docs">HTTP API</Anchor> too.
          </Text>
        </Stack>
      </Stack>
    </Center>
  );
}

function isWrongKey(error: unknown): boolean {
  return error instanceof ApiError && error.code === "UNAUTHORIZED";
}
