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
  cli: ["config"],
};

/** Files at the top of `runtime/`, which are no folder: what each may import. */
export const TOP_FILES: Readonly<Record<string, readonly string[]>> = {
  // The object graph: the only file that names concrete parts.
  "compose.ts": ["config", "project", "browser", "auth-sessions", "runs", "store", "observe"],
  // What project code may import.
  "index.ts": ["worker"],
};

/** The only top file that a folder may import. */
export const MAY_IMPORT_TOP: Readonly<Record<string, readonly string[]>> = { cli: ["compose.ts"] };
