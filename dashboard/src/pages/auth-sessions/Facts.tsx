import { Anchor, SimpleGrid, Stack, Text } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import type { AuthSession, LiveDeployment } from "../../api/types.ts";
import { RelativeTime } from "../../ui/Time.tsx";
import { keptOf } from "./KeepingForms.tsx";
import { everyLabel, modeLabel, typeLabel } from "./words.ts";

/** What is known of an auth session, and where it can be changed. */
export function Facts({ session, deployment, mayManage, onChange }: { readonly session: AuthSession; readonly deployment: LiveDeployment | undefined; readonly mayManage: boolean; readonly onChange: (what: "proxy" | "keeping") => void }): ReactElement | null {
  const { details } = session;
  if (details === undefined) return null;
  const kept = keptOf(session);
  const mode = kept.mode ?? deployment?.authSessions.mode;
  const everyMs = kept.checkEveryMs ?? deployment?.authSessions.checkEveryMs ?? null;
  const from = (own: unknown): string => (own === null ? " (as the project says)" : "");
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2, md: 4 }} spacing="md" m={0} p="md" className="lk-card">
      <Fact name="Login">{typeLabel(session)}</Fact>
      <Fact name="Logged in">
        <RelativeTime at={details.loggedInAt} />
      </Fact>
      <Fact name="Last check">
        <RelativeTime at={details.lastCheckAt} />
      </Fact>
      <Fact name="Last use">
        <RelativeTime at={details.lastUsedAt} />
      </Fact>
      <Fact name="Proxy" change={mayManage && details.type === "credentials" ? { label: "Change the proxy", onClick: () => onChange("proxy") } : null}>
        {details.proxy === null ? "None" : <span className="lk-mono">{details.proxy}</span>}
      </Fact>
      <Fact name="Mode" change={mayManage ? { label: "Change the mode", onClick: () => onChange("keeping") } : null}>
        {mode === undefined ? "–" : modeLabel(mode) + from(kept.mode)}
      </Fact>
      <Fact name="Checked by itself" change={mayManage ? { label: "Change how often it is checked", onClick: () => onChange("keeping") } : null}>
        {(everyMs === null ? "Never" : everyLabel(everyMs)) + from(kept.checkEveryMs)}
      </Fact>
      <Fact name="Holds">
        {details.counts.cookies} {details.counts.cookies === 1 ? "cookie" : "cookies"}
        {details.counts.origins > 0 && `, storage of ${details.counts.origins} ${details.counts.origins === 1 ? "origin" : "origins"}`}
      </Fact>
    </SimpleGrid>
  );
}

function Fact({ name, children, change = null }: { readonly name: string; readonly children: ReactNode; readonly change?: { readonly label: string; readonly onClick: () => void } | null }): ReactElement {
  return (
    <div style={{ minWidth: 0 }}>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} size="sm" style={{ overflowWrap: "anywhere" }}>
        {children}
        {change !== null && (
          <>
            {" "}
            <Anchor component="button" type="button" size="xs" aria-label={change.label} onClick={change.onClick}>
              Change
            </Anchor>
          </>
        )}
      </Text>
    </div>
  );
}

/** What of a login could not be carried into another browser. */
export function Losses({ losses }: { readonly losses: readonly Readonly<Record<string, unknown>>[] }): ReactElement | null {
  if (losses.length === 0) return null;
  return (
    <Stack gap={4} className="lk-card" p="md">
      <Text size="sm" fw={600}>
        Not everything could be kept
      </Text>
      {losses.map((loss, index) => (
        <Text key={index} size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {Object.values(loss)
            .filter((value) => typeof value === "string")
            .join(" · ")}
        </Text>
      ))}
    </Stack>
  );
}
