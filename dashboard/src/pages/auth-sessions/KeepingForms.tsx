import { Select, Stack, Text } from "@mantine/core";
import { useState, type ReactElement } from "react";
import { isMaskedProxy, useChangeAuthSession } from "../../api/auth-sessions.ts";
import type { AuthSession, LiveDeployment } from "../../api/types.ts";
import { FormEnd, ProxyField } from "./LoginForm.tsx";
import { everyLabel, modeLabel } from "./words.ts";

interface FormProps {
  readonly project: string;
  readonly session: AuthSession;
  readonly onClose: () => void;
}

/** Another proxy, or none: a login belongs to the address it was made from, so it is made anew. */
export function ProxyForm({ project, session: { id, details }, onClose, onStarted }: FormProps & { readonly onStarted: (operationId: string) => void }): ReactElement {
  const [proxy, setProxy] = useState("");
  const change = useChangeAuthSession(project, id);
  const next = proxy.trim();
  const isMasked = isMaskedProxy(next);
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ proxy: next === "" ? null : next }, { onSuccess: ({ operationId }) => (operationId === undefined ? onClose() : onStarted(operationId)) });
      }}
    >
      <Stack gap="md">
        <Text size="sm">
          Changing the proxy logs in again through the new one, with the parameters that are kept. The old login stays in use until the new one holds.
        </Text>
        <Text size="sm" c="dimmed">
          Now: <span className="lk-mono">{details?.proxy ?? "none, directly"}</span>
        </Text>
        <ProxyField label="New proxy" value={proxy} onChange={setProxy} />
        {isMasked && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            The address has *** where its password was. Type it whole.
          </Text>
        )}
        <FormEnd error={change.error} isBusy={change.isPending} isDisabled={isMasked || (next === "" && details?.proxy == null)} label={next === "" ? "Log in without a proxy" : "Change and log in again"} onClose={onClose} />
      </Stack>
    </form>
  );
}

const AS_DEPLOYED = "deployed";
const PRESETS = [300_000, 900_000, 3_600_000, 21_600_000, 86_400_000];

/** Who may use the login at the same time, and how often it is checked by itself. Nothing of it logs in. */
export function KeepingForm({ project, session, deployment, onClose }: FormProps & { readonly deployment: LiveDeployment | undefined }): ReactElement {
  const kept = keptOf(session);
  const [mode, setMode] = useState<string>(kept.mode ?? AS_DEPLOYED);
  const [every, setEvery] = useState(kept.checkEveryMs === null ? AS_DEPLOYED : String(kept.checkEveryMs));
  const change = useChangeAuthSession(project, session.id);
  const deployed = deployment?.authSessions;
  const times = [...new Set([...PRESETS, ...(kept.checkEveryMs === null ? [] : [kept.checkEveryMs])])].toSorted((a, b) => a - b);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ mode: mode === "exclusive" || mode === "shared" ? mode : null, checkEveryMs: every === AS_DEPLOYED ? null : Number(every) }, { onSuccess: onClose });
      }}
    >
      <Stack gap="md">
        <Select
          label="Mode"
          description="Whether runs share the login. Sites that mind two tabs at once need one run at a time."
          data={[{ value: AS_DEPLOYED, label: `As the project says${deployed === undefined ? "" : ` (${modeLabel(deployed.mode).toLowerCase()})`}` }, ...(["exclusive", "shared"] as const).map((one) => ({ value: one, label: modeLabel(one) }))]}
          value={mode}
          onChange={(next) => setMode(next ?? AS_DEPLOYED)}
          allowDeselect={false}
        />
        <Select
          label="Check by itself"
          description="Keeps sites from forgetting the login, and finds out early when they did."
          data={[{ value: AS_DEPLOYED, label: `As the project says${deployed === undefined ? "" : ` (${deployed.checkEveryMs === null ? "never" : everyLabel(deployed.checkEveryMs)})`}` }, ...times.map((one) => ({ value: String(one), label: `E${everyLabel(one).slice(1)}` }))]}
          value={every}
          onChange={(next) => setEvery(next ?? AS_DEPLOYED)}
          allowDeselect={false}
        />
        <FormEnd error={change.error} isBusy={change.isPending} label="Save" onClose={onClose} />
      </Stack>
    </form>
  );
}

/** How an auth session is kept where it differs from its deployment. Null: as the deployment says. */
export function keptOf({ options }: AuthSession): { readonly mode: "exclusive" | "shared" | null; readonly checkEveryMs: number | null } {
  const { mode, checkEveryMs } = options ?? {};
  return { mode: mode === "exclusive" || mode === "shared" ? mode : null, checkEveryMs: typeof checkEveryMs === "number" ? checkEveryMs : null };
}
