import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { projectsQuery } from "../api/projects.ts";
import { SCOPES, type Scope, type Session } from "../api/types.ts";
import { PROJECT_PAGES, WORKSPACE_PAGES, type WorkspacePage } from "./navigation.ts";
import classes from "./Shell.module.css";
import { useShownProject } from "./use-project.ts";

/** Links to all pages that the session may see. */
export function Navigation({ session }: { readonly session: Session }): ReactElement {
  const project = useShownProject();
  return (
    <>
      <WorkspaceLinks pages={WORKSPACE_PAGES.top} session={session} />
      <ProjectSwitcher project={project} />
      {project !== null && (
        <ul className={classes["list"]} aria-label="Project">
          {PROJECT_PAGES.filter(({ scope }) => may(session, scope)).map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <Link to={to} params={{ project }} className={classes["link"]} activeProps={{ "aria-current": "page" }} activeOptions={{ includeSearch: false }}>
                <Icon size={18} stroke={1.7} aria-hidden />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <div className={classes["section"]}>Workspace</div>
      <WorkspaceLinks pages={WORKSPACE_PAGES.bottom} session={session} />
    </>
  );
}

/** Whether the session may see what needs `scope`. */
export function may({ scope: has }: Session, scope: Scope): boolean {
  return SCOPES.indexOf(has) >= SCOPES.indexOf(scope);
}

/** Whether the session may see a page of the workspace. */
export function maySee(session: Session, { scope, isForProjectKeys }: WorkspacePage): boolean {
  return may(session, scope) && (session.project === null || isForProjectKeys);
}

function WorkspaceLinks({ pages, session }: { readonly pages: readonly WorkspacePage[]; readonly session: Session }): ReactElement {
  return (
    <ul className={classes["list"]}>
      {pages
        .filter((page) => maySee(session, page))
        .map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link to={to} className={classes["link"]} activeProps={{ "aria-current": "page" }} activeOptions={{ exact: true, includeSearch: false }}>
              <Icon size={18} stroke={1.7} aria-hidden />
              {label}
            </Link>
          </li>
        ))}
    </ul>
  );
}

function ProjectSwitcher({ project }: { readonly project: string | null }): ReactElement | null {
  const { data } = useQuery(projectsQuery);
  const navigate = useNavigate();
  if (project === null) return null;
  const names = data?.map(({ name }) => name) ?? [project];
  return (
    <Select
      aria-label="Project"
      data={names.includes(project) ? names : [project, ...names]}
      value={project}
      onChange={(name) => (name === null ? undefined : void navigate({ to: "/projects/$project/apis", params: { project: name } }))}
      allowDeselect={false}
      searchable={names.length > 8}
      mx={4}
      mt="sm"
      mb={6}
      size="sm"
      comboboxProps={{ withinPortal: true }}
    />
  );
}
