import { IconMapOff } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { AppLinkButton } from "./AppLink.tsx";
import { EmptyState } from "./EmptyState.tsx";

/** Stands where no page is. */
export function NotFound(): ReactElement {
  return (
    <EmptyState order={1} icon={IconMapOff} title="There is no such page" action={<AppLinkButton to="/">Go to Home</AppLinkButton>}>
      The address may be cut off, or the thing it names was deleted.
    </EmptyState>
  );
}
