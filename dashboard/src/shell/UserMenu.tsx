import { Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconBook2, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun, IconUserCircle } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useSignOut } from "../api/session.ts";
import type { Session } from "../api/types.ts";
import classes from "./Shell.module.css";

const SCHEMES = [
  ["light", "Light", IconSun],
  ["dark", "Dark", IconMoon],
  ["auto", "Like the system", IconDeviceDesktop],
] as const;

/** Who is signed in; appearance, help and signing out. */
export function UserMenu({ session, onHelp }: { readonly session: Session; readonly onHelp: () => void }): ReactElement {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <Menu position="top-start" width={216} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes["user"] ?? ""}>
          <IconUserCircle size={22} stroke={1.5} aria-hidden />
          <span style={{ minWidth: 0 }}>
            <Text component="span" display="block" size="sm" fw={600} truncate>
              {session.name}
            </Text>
            <Text component="span" display="block" size="xs" c="dimmed" truncate>
              {session.scope}
              {session.project === null ? "" : ` · ${session.project}`}
            </Text>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Appearance</Menu.Label>
        {SCHEMES.map(([scheme, label, Icon]) => (
          <Menu.Item key={scheme} leftSection={<Icon size={16} aria-hidden />} onClick={() => setColorScheme(scheme)} aria-current={colorScheme === scheme} fw={colorScheme === scheme ? 700 : 400} closeMenuOnClick={false}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onHelp}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item leftSection={<IconBook2 size={16} aria-hidden />} component="a" href="/docs" target="_blank" rel="noopener">
          HTTP API
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: "/sign-in", search: {} }) })}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
