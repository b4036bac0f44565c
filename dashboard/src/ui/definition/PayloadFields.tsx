import { Autocomplete, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { enterTakesSuggestion } from "./enter-takes-suggestion.ts";
import { liveDeploymentQuery } from "../../api/projects.ts";
import type { DeploymentTarget } from "../../api/types.ts";
import { JsonSchemaForm, type Parameters } from "../JsonSchemaForm.tsx";
import { initialObject, resolve } from "../schema/resolve.ts";
import { errorAt, type FieldErrors } from "./definition-errors.ts";

/** An API and its parameters, whatever else belongs to them. */
export interface ApiCall {
  readonly apiName: string;
  readonly parameters?: Parameters;
}

/** APIs of the live deployment: those targets that do not log in. */
export function useApis(project: string): readonly DeploymentTarget[] {
  const { data } = useQuery(liveDeploymentQuery(project));
  return (data?.targets ?? []).filter(({ name }) => !name.startsWith("auth-sessions/"));
}

/** Chooses an API and edits its parameters by their JSON Schema. */
export function PayloadFields<T extends ApiCall>({ project, value, onChange, onInvalid, errors, label }: { readonly project: string; readonly value: T; readonly onChange: (value: T) => void; readonly onInvalid: (isInvalid: boolean) => void; /** By places within it. */ readonly errors: FieldErrors; /** Of the parameters, told apart from others on the page. */ readonly label: string }): ReactElement {
  const apis = useApis(project);
  const schema = apis.find(({ name }) => name === value.apiName)?.parameterSchema ?? null;
  const choose = (apiName: string): void => {
    const next = apis.find(({ name }) => name === apiName)?.parameterSchema ?? null;
    // Parameters of another API say nothing to this one.
    const isUntouched = Object.keys(value.parameters ?? {}).length === 0 || next !== null;
    onChange({ ...value, apiName, ...(isUntouched && { parameters: next === null ? {} : (initialObject(resolve(next, next), next)) }) });
  };
  return (
    <Stack gap="sm">
      <Autocomplete label="API" placeholder="Choose" data={apis.map(({ name }) => name)} value={value.apiName} onChange={choose} error={errorAt(errors, "apiName")} withAsterisk autoComplete="off" onKeyDown={enterTakesSuggestion} />
      {value.apiName !== "" && <JsonSchemaForm key={schema === null ? "json" : value.apiName} schema={schema} value={value.parameters ?? {}} onChange={(parameters) => onChange({ ...value, parameters })} onInvalid={onInvalid} errors={parameterErrors(errorAt(errors, "parameters"))} label={label} />}
    </Stack>
  );
}

/** `The parameters …:\n  name is required` has the place of each; what names none is left to the message of the whole form. */
function parameterErrors(message: string | undefined): Readonly<Record<string, string>> {
  if (message === undefined) return {};
  const lines = message.includes("\n") ? message.split("\n").slice(1) : [message.replace(/^.*?: (?=[\w$.[\]-]+ (?:is|must|should) )/, "").replace(/\.$/, "")];
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, path, problem] = /^\s*([\w$.[\]-]+) ((?:is|must|should) .+)$/.exec(line) ?? [];
      return path === undefined || problem === undefined ? [] : [[path, problem.charAt(0).toUpperCase() + problem.slice(1)]];
    }),
  );
}
