import { Alert, Button, Modal, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconPencil, IconScreenShare, IconShieldCheck, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { authSessionQuery, useDeleteAuthSession, useValidateAuthSession } from "../../api/auth-sessions.ts";
import { liveDeploymentQuery } from "../../api/projects.ts";
import { ApiError } from "../../api/request.ts";
import { hasEnded, recentRunsQuery } from "../../api/runs.ts";
import { useMay } from "../../api/session.ts";
import type { AuthSession } from "../../api/types.ts";
import { CodeBlock } from "../../ui/CodeBlock.tsx";
import { ConfirmButton } from "../../ui/ConfirmButton.tsx";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";
import { PageTitle } from "../../ui/PageTitle.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Facts, Losses } from "./Facts.tsx";
import { History } from "./History.tsx";
import { KeepingForm, ProxyForm } from "./KeepingForms.tsx";
import { UpdateForm } from "./LoginForm.tsx";
import { OperationPanel } from "./OperationPanel.tsx";
import { RecordForm } from "./RecordForm.tsx";
import { adviceFor, loginTarget, statusOf } from "./words.ts";

const RECENT = 8;

/** One login: how it stands, what goes on with it, how it is kept. */
export function AuthSessionPage(): ReactElement {
  const { project, authSessionId: id } = useParams({ from: "/inside/projects/$project/auth-sessions/$authSessionId" });
  const { operation = "", change = "" } = useSearch({ from: "/inside/projects/$project/auth-sessions/$authSessionId" });
  const navigate = useNavigate({ from: "/projects/$project/auth-sessions/$authSessionId" });
  const { data, error, refetch } = useQuery(authSessionQuery(project, id));
  const { data: recent } = useQuery(recentRunsQuery(project, { authSessionId: id }, RECENT));
  const { data: deployment } = useQuery(liveDeploymentQuery(project));
  const mayManage = useMay("manage");
  const isGone = error instanceof ApiError && error.code === "AUTH_SESSION_NOT_FOUND";
  const session = isGone ? undefined : data;
  const operations = (recent?.runs ?? []).filter(({ kind }) => kind !== "api");
  const goingOn = operations.find(({ status }) => !hasEnded(status)) ?? (isGone ? operations[0] : undefined);
  const shown = operation === "" ? (goingOn?.runId ?? "") : operation;
  const show = (next: { readonly operation?: string | undefined; readonly change?: string }): void => {
    void navigate({ search: { operation, change: "", ...next }, replace: true });
  };
  const onStarted = (next: string): void => show({ operation: next });
  const onRecording = (runId: string): void => void navigate({ to: "/projects/$project/auth-sessions/record/$runId", params: { project, runId } });
  const canLogIn = loginTarget(deployment) !== undefined;
  return (
    <>
      <PageTitle title={id} mono document={`${id} · Auth sessions`} badge={session !== undefined && <StatusBadge status={statusOf(session)} />} actions={session?.details !== undefined && <Actions project={project} session={session} canLogIn={canLogIn} mayManage={mayManage} onStarted={onStarted} onOpen={(what) => show({ change: what })} />} />
      <Stack gap="lg">
        {error !== null && (!isGone || (shown === "" && recent !== undefined)) && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {session === undefined && error === null && <RowsLoading />}
        {shown !== "" && <OperationPanel key={shown} project={project} operationId={shown} onOther={(other) => (other === null && isGone ? void navigate({ to: "/projects/$project/auth-sessions", params: { project }, search: {} }) : show({ operation: other ?? "" }))} />}
        {session !== undefined && <AdviceBox session={session} />}
        {session !== undefined && <Facts session={session} deployment={deployment} mayManage={mayManage} onChange={(what) => show({ change: what })} />}
        {session?.details !== undefined && <Losses losses={session.details.losses} />}
        {session !== undefined && <History project={project} id={id} />}
        {session?.details !== undefined && <ElsewhereHint id={id} />}
      </Stack>
      {session !== undefined && (
        <>
          <Window title={`New login for "${id}"`} name="login" change={change} onClose={() => show({})}>
            <UpdateForm project={project} id={id} onClose={() => show({})} onStarted={onStarted} />
          </Window>
          <Window title={`Proxy of "${id}"`} name="proxy" change={change} onClose={() => show({})}>
            <ProxyForm project={project} session={session} onClose={() => show({})} onStarted={onStarted} />
          </Window>
          <Window title={`How "${id}" is kept`} name="keeping" change={change} onClose={() => show({})}>
            <KeepingForm project={project} session={session} deployment={deployment} onClose={() => show({})} />
          </Window>
          <Window title="Record the login again" name="record" change={change} onClose={() => show({})}>
            <RecordForm project={project} id={id} onClose={() => show({})} onStarted={onRecording} />
          </Window>
        </>
      )}
    </>
  );
}

function Actions({ project, session, canLogIn, mayManage, onStarted, onOpen }: { readonly project: string; readonly session: AuthSession; readonly canLogIn: boolean; readonly mayManage: boolean; readonly onStarted: (operationId: string) => void; readonly onOpen: (what: string) => void }): ReactElement {
  const { id, details } = session;
  const validate = useValidateAuthSession(project, id);
  const remove = useDeleteAuthSession(project, id);
  const navigate = useNavigate();
  const isByHand = details?.type !== "credentials";
  return (
    <>
      <Button variant="default" leftSection={<IconShieldCheck size={16} aria-hidden />} loading={validate.isPending} onClick={() => validate.mutate(undefined, { onSuccess: ({ operationId }) => onStarted(operationId) })}>
        Check now
      </Button>
      {isByHand && (
        <Button variant="default" leftSection={<IconScreenShare size={16} aria-hidden />} onClick={() => onOpen("record")}>
          Record again
        </Button>
      )}
      {mayManage && !isByHand && canLogIn && (
        <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => onOpen("login")}>
          Update the login
        </Button>
      )}
      {mayManage && (
        <ConfirmButton
          label="Delete"
          icon={<IconTrash size={16} aria-hidden />}
          title={`Delete the auth session "${id}"?`}
          confirmLabel="Delete"
          typeName={id}
          onConfirm={async () => {
            await remove.mutateAsync();
            await navigate({ to: "/projects/$project/auth-sessions", params: { project }, search: {} });
          }}
        >
          Its login, its parameters and its proxy are gone for good. Runs and jobs that name it fail from then on. What it did so far stays in the list of runs.
        </ConfirmButton>
      )}
      {validate.error !== null && <ErrorBox error={validate.error} />}
    </>
  );
}

function AdviceBox({ session }: { readonly session: AuthSession }): ReactElement | null {
  const advice = adviceFor(session);
  const lastError = session.details?.lastError ?? null;
  if (advice === null) return null;
  return (
    <Alert role="region" aria-label="What to do" color="yellow" variant="outline" icon={<IconAlertTriangle aria-hidden />} title={advice.title} styles={{ root: { background: "var(--lk-surface)" }, title: { color: "var(--mantine-color-text)" } }}>
      <Stack gap={6}>
        <Text size="sm">{advice.message}</Text>
        <Text size="sm">
          <strong>Next step:</strong> {advice.next}
        </Text>
        {lastError !== null && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            Last failure: {lastError.message} <span className="lk-mono">{lastError.code}</span>
          </Text>
        )}
      </Stack>
    </Alert>
  );
}

function ElsewhereHint({ id }: { readonly id: string }): ReactElement {
  return (
    <section aria-label="Export and import">
      <Text size="sm" c="dimmed" mb={6}>
        The login itself can be taken elsewhere, or brought from elsewhere, with the command line. Whoever has the file is logged in.
      </Text>
      <CodeBlock label="Commands" code={`latchkey auth export ${id} --file ${id}.state.json --server ${location.origin}\nlatchkey auth import ${id} --file ${id}.state.json --server ${location.origin}`} />
    </section>
  );
}

function Window({ title, name, change, onClose, children }: { readonly title: string; readonly name: string; readonly change: string; readonly onClose: () => void; readonly children: ReactElement }): ReactElement {
  return (
    <Modal opened={change === name} onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      {children}
    </Modal>
  );
}
