/** Which folders of `runtime/` a folder may import besides itself and `model/`. The only place that says so. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: [],
  project: [],
  proxy: [],
  browser: ["proxy"],
  "auth-sessions": [],
  worker: [],
  runs: ["project", "browser", "auth-sessions"],
  store: [],
  observe: [],
  slots: [],
  server: [],
  sinks: [],
  jobs: [],
  queues: ["jobs"],
  deploy: ["project"],
  cli: ["config"],
};

/** Files at the top of `runtime/`, which are no folder: what each may import. */
export const TOP_FILES: Readonly<Record<string, readonly string[]>> = {
  // The object graph: the only file that names concrete parts.
  "compose.ts": ["config", "project", "browser", "auth-sessions", "runs", "store", "observe"],
  // The same for a hosted runtime: what servers and workers share, then each of them.
  "compose-timing.ts": ["config", "jobs", "queues"],
  "compose-hosted.ts": ["compose-timing.ts", "config", "auth-sessions", "store", "observe", "deploy"],
  "compose-deployments.ts": ["compose-hosted.ts", "config", "project", "runs", "deploy"],
  "compose-server.ts": ["compose-timing.ts", "compose-hosted.ts", "compose-deployments.ts", "config", "auth-sessions", "proxy", "server", "sinks"],
  "compose-worker.ts": ["compose.ts", "compose-hosted.ts", "compose-deployments.ts", "config", "browser", "runs", "observe", "slots"],
  "compose-keys.ts": ["compose-hosted.ts", "config", "auth-sessions", "observe"],
  "compose-deploy.ts": ["compose.ts", "config", "deploy"],
  // What project code may import.
  "index.ts": ["worker"],
};

/** The only top file that a folder may import. */
export const MAY_IMPORT_TOP: Readonly<Record<string, readonly string[]>> = { cli: ["compose.ts", "compose-server.ts", "compose-worker.ts", "compose-keys.ts", "compose-deploy.ts"] };
