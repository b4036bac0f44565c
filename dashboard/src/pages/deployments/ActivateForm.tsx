import { Button, Checkbox, Group, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { planQuery, useActivate, type Deployment, type ResourceChange } from "../../api/deployments.ts";
import { ErrorBox } from "../../ui/ErrorBox.tsx";
import { RowsLoading } from "../../ui/PageLoading.tsx";

const VERBS: Readonly<Record<ResourceChange["action"], string>> = { create: "makes", update: "changes", delete: "deletes", unchanged: "keeps" };

/** Says what activating a deployment changes, and does it. */
export function ActivateForm({ project, deployment, live, isRollback, onClose }: { readonly project: string; readonly deployment: Deployment; readonly live: Deployment | undefined; readonly isRollback: boolean; readonly onClose: () => void }): ReactElement {
  const plan = useQuery(planQuery(project, deployment.id));
  const activate = useActivate(project);
  const [isApplied, setApplied] = useState(false);
  const [isDeleteAllowed, setDeleteAllowed] = useState(false);
  const changes = (plan.data ?? []).filter(({ action }) => action !== "unchanged");
  const deletes = changes.some(({ action }) => action === "delete");
  const gone = (live?.apis ?? []).filter((name) => !deployment.apis.includes(name));
  const added = live === undefined ? [] : deployment.apis.filter((name) => !live.apis.includes(name));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        activate.mutate({ id: deployment.id, applyResources: isApplied, allowDelete: isApplied && isDeleteAllowed }, { onSuccess: onClose });
      }}
    >
      <Stack gap="md">
        <Text size="sm">
          Runs that begin from now on use this deployment&apos;s code. Runs that go on end with the code they began with. {isRollback && "You can go forward again in the same way."}
        </Text>
        <Stack gap={4}>
          <Text size="sm" fw={600}>
            What changes
          </Text>
          <List size="sm">
            {gone.length > 0 && <List.Item>Gone: {names(gone)}. Runs and jobs that name it fail.</List.Item>}
            {added.length > 0 && <List.Item>New: {names(added)}.</List.Item>}
            {gone.length === 0 && added.length === 0 && <List.Item>{live === undefined ? "Nothing is live now." : "The same APIs, with other code or settings."}</List.Item>}
          </List>
        </Stack>
        {plan.isPending && <RowsLoading rows={2} />}
        {plan.error !== null && <ErrorBox error={plan.error} title="What it declares cannot be read" />}
        {changes.length > 0 && (
          <Stack gap="xs">
            <Text size="sm" fw={600}>
              Jobs and queues that it declares
            </Text>
            <List size="sm">
              {changes.map(({ kind, id, action }) => (
                <List.Item key={`${kind} ${id}`}>
                  {VERBS[action]} the {kind} “{id}”
                </List.Item>
              ))}
            </List>
            <Checkbox label="Apply these too" description="Otherwise jobs and queues stay as they are." checked={isApplied} onChange={({ currentTarget }) => setApplied(currentTarget.checked)} />
            {deletes && isApplied && <Checkbox label="Delete what is declared no more" description="With its runs so far. It cannot be undone." checked={isDeleteAllowed} onChange={({ currentTarget }) => setDeleteAllowed(currentTarget.checked)} />}
          </Stack>
        )}
        {activate.error !== null && <ErrorBox error={activate.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep the live one
          </Button>
          <Button type="submit" loading={activate.isPending} disabled={deletes && isApplied && !isDeleteAllowed}>
            {isRollback ? "Roll back" : "Activate"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function names(apis: readonly string[]): ReactElement {
  return (
    <>
      {apis.map((name, index) => (
        <span key={name}>
          {index > 0 && ", "}
          <span className="lk-mono">{name}</span>
        </span>
      ))}
    </>
  );
}
