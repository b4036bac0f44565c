import { IconActivity, IconCalendarTime, IconClipboardList, IconCode, IconHome, IconId, IconKey, IconLayoutGrid, IconPackages, IconSend, IconServer2, IconStack2, IconVariable } from "@tabler/icons-react";
import type { Scope } from "../api/types.ts";

/** A page of a project, as the navigation shows it. */
export interface ProjectPage {
  readonly to: "/projects/$project/apis" | "/projects/$project/runs" | "/projects/$project/auth-sessions" | "/projects/$project/jobs" | "/projects/$project/queues" | "/projects/$project/deliveries" | "/projects/$project/deployments" | "/projects/$project/environment";
  readonly label: string;
  readonly icon: typeof IconHome;
  /** After `g`. */
  readonly key: string;
  readonly scope: Scope;
}

/** A page of the workspace. */
export interface WorkspacePage {
  readonly to: "/" | "/projects" | "/keys" | "/audit" | "/workers";
  readonly label: string;
  readonly icon: typeof IconHome;
  /** After `g`. */
  readonly key: string;
  readonly scope: Scope;
  /** Whether a key that is bound to one project sees it. */
  readonly isForProjectKeys: boolean;
}

/** In the order of the navigation. */
export const PROJECT_PAGES: readonly ProjectPage[] = [
  { to: "/projects/$project/apis", label: "APIs", icon: IconCode, key: "a", scope: "run" },
  { to: "/projects/$project/runs", label: "Runs", icon: IconActivity, key: "r", scope: "run" },
  { to: "/projects/$project/auth-sessions", label: "Auth sessions", icon: IconId, key: "s", scope: "run" },
  { to: "/projects/$project/jobs", label: "Jobs", icon: IconCalendarTime, key: "j", scope: "run" },
  { to: "/projects/$project/queues", label: "Queues", icon: IconStack2, key: "q", scope: "run" },
  { to: "/projects/$project/deliveries", label: "Deliveries", icon: IconSend, key: "d", scope: "run" },
  { to: "/projects/$project/deployments", label: "Deployments", icon: IconPackages, key: "y", scope: "run" },
  { to: "/projects/$project/environment", label: "Environment", icon: IconVariable, key: "e", scope: "manage" },
];

/** Above the project's pages, and below them. */
export const WORKSPACE_PAGES: { readonly top: readonly WorkspacePage[]; readonly bottom: readonly WorkspacePage[] } = {
  top: [
    { to: "/", label: "Home", icon: IconHome, key: "h", scope: "run", isForProjectKeys: true },
    { to: "/projects", label: "Projects", icon: IconLayoutGrid, key: "p", scope: "run", isForProjectKeys: true },
  ],
  bottom: [
    { to: "/keys", label: "Keys", icon: IconKey, key: "k", scope: "admin", isForProjectKeys: false },
    { to: "/audit", label: "Audit log", icon: IconClipboardList, key: "l", scope: "admin", isForProjectKeys: false },
    { to: "/workers", label: "Workers", icon: IconServer2, key: "w", scope: "run", isForProjectKeys: false },
  ],
};
