import { Stack, Text, TextInput } from "@mantine/core";
import { useState, type ReactElement } from "react";
import { useStartRecording } from "../../api/recordings.ts";
import { FormEnd, ProxyField } from "./LoginForm.tsx";

/** Begins a recording: a person logs in by hand, here or by a link. */
export function RecordForm({ project, id: known, onClose, onStarted }: { readonly project: string; /** Of an auth session that is recorded again. */ readonly id?: string; readonly onClose: () => void; readonly onStarted: (operationId: string) => void }): ReactElement {
  const [id, setId] = useState(known ?? "");
  const [startUrl, setStartUrl] = useState("");
  const [proxy, setProxy] = useState("");
  const start = useStartRecording(project);
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ id: id.trim(), ...(startUrl.trim() !== "" && { startUrl: startUrl.trim() }), ...(proxy.trim() !== "" && { proxy: proxy.trim() }) }, { onSuccess: ({ operationId }) => onStarted(operationId) });
      }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          A browser opens on the server, and you log in to the site in this page. Its cookies and storage are kept; what you type is not. You can also send a link, so that somebody else logs in.
        </Text>
        <TextInput label="Id" description="What runs name the login by." value={id} onChange={({ currentTarget }) => setId(currentTarget.value)} required readOnly={known !== undefined} {...(known === undefined && { "data-autofocus": true })} autoComplete="off" spellCheck={false} />
        <TextInput label="Page to begin at" type="url" description="Empty: the one in the project's settings (authSessions.startUrl)." placeholder="https://app.example/login" value={startUrl} onChange={({ currentTarget }) => setStartUrl(currentTarget.value)} {...(known !== undefined && { "data-autofocus": true })} autoComplete="off" />
        <ProxyField value={proxy} onChange={setProxy} />
        <FormEnd error={start.error} isBusy={start.isPending} isDisabled={id.trim() === ""} label="Start the recording" onClose={onClose} />
      </Stack>
    </form>
  );
}
