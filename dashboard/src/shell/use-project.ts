import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { projectsQuery } from "../api/projects.ts";

const KEPT = "latchkey-project";

/** The project that the navigation shows: of the page, else the one looked at last, else the first. Null: there is none. */
export function useShownProject(): string | null {
  const { project } = useParams({ strict: false });
  const { data } = useQuery(projectsQuery);
  useEffect(() => {
    if (project !== undefined) localStorage.setItem(KEPT, project);
  }, [project]);
  if (project !== undefined) return project;
  const kept = localStorage.getItem(KEPT);
  return data?.find(({ name }) => name === kept)?.name ?? data?.[0]?.name ?? null;
}
