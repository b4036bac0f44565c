import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { RUN_STATUSES } from "../api/types.ts";
import type { RunFilter } from "../api/runs.ts";
import { SignedIn } from "../shell/SignedIn.tsx";
import { anyTexts, type TextSearch } from "./search.ts";

const root = createRootRoute({ component: Outlet });

// What can be opened without being signed in.
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", validateSearch: ({ to }): { readonly to?: string } => (typeof to === "string" && /^\/(?!\/)/.test(to) ? { to } : {}), component: lazyRouteComponent(() => import("../pages/sign-in/SignInPage.tsx"), "SignInPage") });
const recordLink = createRoute({ getParentRoute: () => root, path: "/record/$token", component: lazyRouteComponent(() => import("../pages/auth-sessions/RecordLinkPage.tsx"), "RecordLinkPage") });

const inside = createRoute({ getParentRoute: () => root, id: "inside", component: SignedIn });
const home = createRoute({ getParentRoute: () => inside, path: "/", component: lazyRouteComponent(() => import("../pages/home/HomePage.tsx"), "HomePage") });
const projects = createRoute({ getParentRoute: () => inside, path: "/projects", component: lazyRouteComponent(() => import("../pages/projects/ProjectsPage.tsx"), "ProjectsPage") });
const keys = createRoute({ getParentRoute: () => inside, path: "/keys", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/workspace/KeysPage.tsx"), "KeysPage") });
const audit = createRoute({ getParentRoute: () => inside, path: "/audit", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/workspace/AuditPage.tsx"), "AuditPage") });
const workers = createRoute({ getParentRoute: () => inside, path: "/workers", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/workspace/WorkersPage.tsx"), "WorkersPage") });

const project = createRoute({ getParentRoute: () => inside, path: "/projects/$project" });
const projectIndex = createRoute({ getParentRoute: () => project, path: "/", beforeLoad: ({ params }) => redirect({ to: "/projects/$project/apis", params, replace: true, throw: true }) });
const apis = createRoute({ getParentRoute: () => project, path: "apis" });
const apiList = createRoute({ getParentRoute: () => apis, path: "/", validateSearch: onlyQ, component: lazyRouteComponent(() => import("../pages/apis/ApisPage.tsx"), "ApisPage") });
// The name of an API is a path, so it is the rest of the address.
const api = createRoute({ getParentRoute: () => apis, path: "$", validateSearch: ({ from }): { readonly from?: string } => (typeof from === "string" ? { from } : {}), component: lazyRouteComponent(() => import("../pages/apis/ApiPage.tsx"), "ApiPage") });
const runs = createRoute({ getParentRoute: () => project, path: "runs", validateSearch: runFilter, component: lazyRouteComponent(() => import("../pages/runs/RunsPage.tsx"), "RunsPage") });
const run = createRoute({ getParentRoute: () => project, path: "runs/$runId", validateSearch: ({ tab, attempt, at }): { readonly tab?: string; readonly attempt?: string; readonly at?: string } => ({ ...(typeof tab === "string" && { tab }), ...(typeof attempt === "string" && { attempt }), ...(typeof at === "string" && { at }) }), component: lazyRouteComponent(() => import("../pages/runs/RunPage.tsx"), "RunPage") });

const authSessions = createRoute({ getParentRoute: () => project, path: "auth-sessions", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/auth-sessions/AuthSessionsPage.tsx"), "AuthSessionsPage") });
const authSession = createRoute({ getParentRoute: () => project, path: "auth-sessions/$authSessionId", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/auth-sessions/AuthSessionPage.tsx"), "AuthSessionPage") });
const recording = createRoute({ getParentRoute: () => project, path: "auth-sessions/record/$runId", component: lazyRouteComponent(() => import("../pages/auth-sessions/RecordingPage.tsx"), "RecordingPage") });
const jobs = createRoute({ getParentRoute: () => project, path: "jobs", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/jobs/JobsPage.tsx"), "JobsPage") });
const job = createRoute({ getParentRoute: () => project, path: "jobs/$jobId", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/jobs/JobPage.tsx"), "JobPage") });
const jobRun = createRoute({ getParentRoute: () => project, path: "jobs/$jobId/runs/$jobRunId", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/jobs/JobRunPage.tsx"), "JobRunPage") });
const queues = createRoute({ getParentRoute: () => project, path: "queues", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/queues/QueuesPage.tsx"), "QueuesPage") });
const queue = createRoute({ getParentRoute: () => project, path: "queues/$queueId", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/queues/QueuePage.tsx"), "QueuePage") });
const deliveries = createRoute({ getParentRoute: () => project, path: "deliveries", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/deliveries/DeliveriesPage.tsx"), "DeliveriesPage") });
const delivery = createRoute({ getParentRoute: () => project, path: "deliveries/$deliveryId", component: lazyRouteComponent(() => import("../pages/deliveries/DeliveryPage.tsx"), "DeliveryPage") });
const deployments = createRoute({ getParentRoute: () => project, path: "deployments", validateSearch: anyTexts, component: lazyRouteComponent(() => import("../pages/deployments/DeploymentsPage.tsx"), "DeploymentsPage") });
const environment = createRoute({ getParentRoute: () => project, path: "environment", component: lazyRouteComponent(() => import("../pages/environment/EnvironmentPage.tsx"), "EnvironmentPage") });

/** All pages and their addresses. */
export const routeTree = root.addChildren([
  signIn,
  recordLink,
  inside.addChildren([
    home,
    projects,
    keys,
    audit,
    workers,
    project.addChildren([projectIndex, apis.addChildren([apiList, api]), runs, run, authSessions, authSession, recording, jobs, job, jobRun, queues, queue, deliveries, delivery, deployments, environment]),
  ]),
]);

function onlyQ({ q }: Record<string, unknown>): { readonly q?: string } {
  return typeof q === "string" ? { q } : {};
}

function runFilter(search: Record<string, unknown>): RunFilter {
  const texts: TextSearch = anyTexts(search);
  const status = RUN_STATUSES.find((one) => one === texts["status"]);
  const named = ["api", "authSessionId", "jobRunId", "queueId", "since", "until"] as const;
  return { ...(status !== undefined && { status }), ...Object.fromEntries(named.flatMap((name) => (texts[name] === undefined ? [] : [[name, texts[name]]]))) };
}
