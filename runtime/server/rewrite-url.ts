/** Where the contract's paths begin (WIRE-API). */
export const BASE = "/api/v1/workspace";

const PARTS_OF_A_WORKSPACE = new Set(["projects", "keys", "audit", "workers"]);
const OUTSIDE = new Set(["healthz", "readyz", "metrics", "openapi.json", "docs", "session", "recording", "assets"]);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The path without whatever a reverse proxy, or a client's base URL, put before it: routes begin at
 * `/{workspaceId}/projects/…`. Where several segments could be the workspace, the first that looks like an id, or is
 * the word `default`, is.
 */
export function rewriteUrl(url: string): string {
  const [path = "", query] = splitQuery(url);
  const segments = path.split("/").slice(1);
  if (OUTSIDE.has(segments[0] ?? "")) return url;
  const candidates = segments.flatMap((segment, index) => (PARTS_OF_A_WORKSPACE.has(segments[index + 1] ?? "") ? [{ segment, index }] : []));
  const chosen = candidates.find(({ segment }) => UUID.test(segment) || segment === "default") ?? candidates.find(({ index }) => path.startsWith(BASE) && index === 3) ?? candidates[0];
  return chosen === undefined ? url : `${BASE}/${segments.slice(chosen.index).join("/")}${query}`;
}

function splitQuery(url: string): readonly [string, string] {
  const mark = url.indexOf("?");
  return mark === -1 ? [url, ""] : [url.slice(0, mark), url.slice(mark)];
}
