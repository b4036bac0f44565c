import { Autocomplete, Checkbox, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { enterTakesSuggestion } from "./enter-takes-suggestion.ts";
import { authSessionsQuery } from "../../api/attention.ts";
import type { SessionChoice } from "../../api/definitions.ts";
import { errorAt, type FieldErrors } from "./definition-errors.ts";
import { LimitField } from "./LimitFields.tsx";
import { withPart } from "./with-part.ts";

/** The auth session that runs act as, and how hard it is tried. */
export function LoginFields({ project, place, value, onChange, errors }: { readonly project: string; /** Where it stands in the definition. */ readonly place: string; readonly value: SessionChoice | null; readonly onChange: (value: SessionChoice | null) => void; readonly errors: FieldErrors }): ReactElement {
  const { data } = useQuery(authSessionsQuery(project));
  return (
    <Stack gap="sm">
      <Autocomplete label="Auth session" description="Act as a login. Empty: as nobody." placeholder="None" data={(data ?? []).map(({ id }) => id)} value={value?.id ?? ""} onChange={(id) => onChange(id === "" ? null : { ...value, id })} error={errorAt(errors, place)} autoComplete="off" onKeyDown={enterTakesSuggestion} />
      {value !== null && (
        <>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <LimitField label="Checks" description="Tries of the check" value={value.checkAttempts} fallback={3} max={100} error={undefined} onChange={(checkAttempts) => onChange(withPart(value, { checkAttempts }))} />
            <LimitField label="Logins" description="Tries of a new login" value={value.createAttempts} fallback={3} max={100} error={undefined} onChange={(createAttempts) => onChange(withPart(value, { createAttempts }))} />
          </SimpleGrid>
          <Checkbox label="Log in again when the check fails" checked={value.autoRecreate !== false} onChange={({ currentTarget }) => onChange(withPart(value, { autoRecreate: currentTarget.checked ? undefined : false }))} />
        </>
      )}
    </Stack>
  );
}
