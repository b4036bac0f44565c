import { Alert, Code } from "@mantine/core";
import { IconFileCode } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { declaredFilesQuery } from "../../api/definitions.ts";
import { liveDeploymentQuery } from "../../api/projects.ts";
import { useMay } from "../../api/session.ts";

/** Says that a job or queue is changed in its file, in which one, and why not here. */
export function DeclaredNote({ project, kind, id, children }: { readonly project: string; readonly kind: "job" | "queue"; readonly id: string; /** What can be done here all the same. */ readonly children: string }): ReactElement {
  const mayAsk = useMay("deploy");
  const { data: deployment } = useQuery(liveDeploymentQuery(project));
  const { data } = useQuery({ ...declaredFilesQuery(project, deployment?.id ?? ""), enabled: mayAsk && deployment !== undefined });
  const file = data?.changes.find((change) => change.kind === kind && change.id === id)?.file ?? `latchkey/${kind}s/${id}.jsonc`;
  return (
    <Alert variant="light" color="gray" icon={<IconFileCode aria-hidden />} title={`This ${kind} is declared in the project`} mb="md" styles={{ message: { color: "inherit" }, title: { color: "inherit" } }}>
      Change it in <Code>{file}</Code> and deploy again: what were changed here, the next deployment would undo. {children}
    </Alert>
  );
}
