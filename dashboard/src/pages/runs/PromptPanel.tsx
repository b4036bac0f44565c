import { Alert, Button, Group, PasswordInput, Radio, Stack, Text, TextInput } from "@mantine/core";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { useAnswerPrompt } from "../../api/runs.ts";
import type { Prompt } from "../../api/types.ts";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RelativeTime } from "../../ui/Time.tsx";

/** A question of a run, answered in place. */
export function PromptPanel({ project, prompt, autoFocus = false }: { readonly project: string; readonly prompt: Prompt; /** Where the page is about this question. */ readonly autoFocus?: boolean }): ReactElement {
  const { kind, message, choices = [], secret } = prompt.question;
  const [value, setValue] = useState("");
  const answer = useAnswerPrompt(project);
  const isAnswered = answer.isSuccess;
  const field = { label: message, value, onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) => setValue(currentTarget.value), autoComplete: "one-time-code", autoFocus, disabled: isAnswered };
  return (
    <Alert role="region" aria-label="Question" color="yellow" variant="outline" icon={<IconMessageQuestion aria-hidden />} title="The run asks, and waits for an answer" styles={{ root: { background: "var(--lk-surface)" }, title: { color: "var(--mantine-color-text)" } }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (value !== "") answer.mutate({ runId: prompt.runId, promptId: prompt.id, value });
        }}
      >
        <Stack gap="sm">
          {kind === "choice" ? (
            <Radio.Group label={message} value={value} onChange={setValue}>
              <Group gap="md" mt={6}>
                {choices.map((choice) => (
                  <Radio key={choice} value={choice} label={choice} disabled={isAnswered} />
                ))}
              </Group>
            </Radio.Group>
          ) : secret ? (
            <PasswordInput {...field} visibilityToggleButtonProps={{ "aria-label": "Show the answer", tabIndex: 0 }} />
          ) : (
            <TextInput {...field} />
          )}
          {answer.error !== null && <ErrorBox error={answer.error} />}
          <Group justify="space-between">
            <Text size="xs" c="dimmed" component="span">
              Closes <RelativeTime at={prompt.expiresAt} />
            </Text>
            <Button type="submit" size="sm" loading={answer.isPending} disabled={value === "" || isAnswered}>
              {isAnswered ? "Answered" : "Answer"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Alert>
  );
}
