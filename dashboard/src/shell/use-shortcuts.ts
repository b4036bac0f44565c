import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Session } from "../api/types.ts";
import { may, maySee } from "./Navigation.tsx";
import { PROJECT_PAGES, WORKSPACE_PAGES } from "./navigation.ts";
import { useShownProject } from "./use-project.ts";

/** After `g`, the next key counts for so long. */
const SEQUENCE_MS = 1_500;

/** `g` and a letter opens a page, `/` focuses the page's filter (its first field with `data-filter`), `?` shows help. Never while a person types. */
export function useShortcuts(session: Session, onHelp: () => void): void {
  const navigate = useNavigate();
  const project = useShownProject();
  useEffect(() => {
    let goUntilMs = 0;
    const go = (key: string): boolean => {
      const workspacePage = [...WORKSPACE_PAGES.top, ...WORKSPACE_PAGES.bottom].find((page) => page.key === key);
      if (workspacePage !== undefined && maySee(session, workspacePage)) void navigate({ to: workspacePage.to });
      const projectPage = PROJECT_PAGES.find((page) => page.key === key);
      if (projectPage !== undefined && project !== null && may(session, projectPage.scope)) void navigate({ to: projectPage.to, params: { project } });
      return workspacePage !== undefined || projectPage !== undefined;
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (performance.now() < goUntilMs) {
        goUntilMs = 0;
        if (go(event.key)) event.preventDefault();
      } else if (event.key === "g") goUntilMs = performance.now() + SEQUENCE_MS;
      else if (event.key === "?") onHelp();
      else if (event.key === "/") {
        const filter = document.querySelector<HTMLElement>("[data-filter]");
        filter?.focus();
        if (filter !== null) event.preventDefault();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate, onHelp, project, session]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, [role=application], [role=dialog]") !== null);
}
