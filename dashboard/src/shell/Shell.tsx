import { AppShell, Burger, Group, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef, type ReactElement } from "react";
import type { Session } from "../api/types.ts";
import { HelpModal } from "./HelpModal.tsx";
import { Navigation } from "./Navigation.tsx";
import classes from "./Shell.module.css";
import { useShortcuts } from "./use-shortcuts.ts";
import { UserMenu } from "./UserMenu.tsx";

/** Navigation beside the page, or behind a burger on a phone. */
export function Shell({ session }: { readonly session: Session }): ReactElement {
  const [isOpen, nav] = useDisclosure(false);
  const [isHelpOpen, help] = useDisclosure(false);
  const { pathname } = useLocation();
  useShortcuts(session, help.open);
  const shown = useRef(pathname);
  useEffect(() => {
    nav.close();
    // A new page is where reading goes on; the first one is where the browser put it.
    if (shown.current !== pathname) document.getElementById("main")?.focus({ preventScroll: true });
    shown.current = pathname;
  }, [pathname]);
  return (
    <AppShell navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !isOpen } }} header={{ height: { base: 52, sm: 0 } }} padding={{ base: "md", sm: "xl" }} transitionDuration={150}>
      <a href="#main" className={classes["skip"]}>
        Skip to the page
      </a>
      <AppShell.Header hiddenFrom="sm" px="md" className={classes["bar"] ?? ""}>
        <Group h="100%" justify="space-between">
          <Brand />
          <Burger opened={isOpen} onClick={nav.toggle} size="sm" aria-label={isOpen ? "Close the navigation" : "Open the navigation"} aria-expanded={isOpen} aria-controls="navigation" />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar id="navigation" className={classes["bar"] ?? ""} aria-label="Main">
        <AppShell.Section visibleFrom="sm" px="md" pt="md" pb="xs">
          <Brand />
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} px="xs" py="xs" scrollbarSize={6}>
          <Navigation session={session} />
        </AppShell.Section>
        <AppShell.Section p="xs" className={classes["foot"]}>
          <UserMenu session={session} onHelp={help.open} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} miw={0}>
        <div className={classes["page"]}>
          <Outlet />
        </div>
      </AppShell.Main>
      <HelpModal session={session} isOpen={isHelpOpen} onClose={help.close} />
    </AppShell>
  );
}

function Brand(): ReactElement {
  return (
    <Link to="/" className={classes["brand"]}>
      <img src="/icon.svg" alt="" width={26} height={26} />
      <Text component="span" fw={700} size="md">
        Latchkey
      </Text>
    </Link>
  );
}
