import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { projectPath, request, WORKSPACE } from "./request.ts";
import type { LiveDeployment, Project } from "./types.ts";

/** Projects that the session may see, by name. */
export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: async ({ signal }) => {
    const { projects } = await request<{ readonly projects: readonly Project[] }>(`${WORKSPACE}/projects`, { signal });
    return projects.toSorted((a, b) => a.name.localeCompare(b.name));
  },
});

/** The live deployment: its APIs with their JSON Schemas, and samples of parameters. */
export function liveDeploymentQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project, "live-deployment"],
    queryFn: ({ signal }) => request<LiveDeployment>(`${projectPath(project)}/deployments/live`, { signal }),
    staleTime: 30_000,
  });
}

/** Makes an empty project. */
export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => request<Project>(`${WORKSPACE}/projects`, { method: "POST", body: { name } }),
    onSuccess: () => client.invalidateQueries({ queryKey: projectsQuery.queryKey }),
  });
}
