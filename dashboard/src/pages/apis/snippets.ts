import { projectPath } from "../../api/request.ts";
import type { RunStart } from "../../api/runs.ts";

/** A run as people start it without the dashboard. */
export interface Snippet {
  readonly name: "curl" | "TypeScript" | "CLI";
  readonly code: string;
}

/** The same run by curl, by TypeScript, and by the command line. */
export function snippetsOf(origin: string, project: string, start: RunStart): readonly Snippet[] {
  return [
    { name: "curl", code: curlOf(origin, project, start) },
    { name: "TypeScript", code: typescriptOf(origin, project, start) },
    { name: "CLI", code: commandOf(origin, project, start) },
  ];
}

function curlOf(origin: string, project: string, start: RunStart): string {
  return [`curl ${origin}${projectPath(project)}/run \\`, `  -H "x-api-key: $LATCHKEY_API_KEY" \\`, `  -H 'content-type: application/json' \\`, `  -d ${quote(JSON.stringify(start))}`].join("\n");
}

function typescriptOf(origin: string, project: string, start: RunStart): string {
  const body = JSON.stringify(start, null, 2).replaceAll("\n", "\n  ");
  return `const base = "${origin}${projectPath(project)}";
const response = await fetch(\`\${base}/run\`, {
  method: "POST",
  headers: { "content-type": "application/json", "x-api-key": process.env.LATCHKEY_API_KEY ?? "" },
  body: JSON.stringify(${body}),
});
const run = await response.json();
if (!response.ok) throw new Error(run.message);
if (response.status === 202) console.log("goes on:", run.runId);
else console.log(run.status, run.result ?? run.message);
`;
}

function commandOf(origin: string, project: string, { api, parameters, authSession, proxy, saveTrace, requestTimeout, retry }: RunStart): string {
  const flags = [
    authSession?.id === undefined ? null : `--auth-session ${quote(authSession.id)}`,
    authSession?.autoRecreate === false ? "--no-recreate" : null,
    proxy === undefined ? null : `--proxy ${quote(proxy)}`,
    saveTrace === false ? null : "--trace",
    requestTimeout === undefined ? null : `--timeout ${requestTimeout}s`,
    retry === undefined ? null : `--retries ${retry.maximumAttempts - 1}`,
  ].filter((flag) => flag !== null);
  return [`export LATCHKEY_SERVER=${origin}   # and LATCHKEY_API_KEY`, [`npx latchkey run ${quote(api)} ${quote(JSON.stringify(parameters))} --project ${quote(project)}`, ...flags].join(" \\\n  ")].join("\n");
}

/** For a POSIX shell; what needs no quotes has none. */
function quote(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
