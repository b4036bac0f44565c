import { LatchkeyError } from "../../model/errors.ts";
import type { AnyRequest } from "../app.ts";

/** A header that no other site can make a browser send along. */
export const DASHBOARD_HEADER = "x-latchkey-dashboard";

/**
 * Lets only the dashboard itself use a cookie for what changes something. `SameSite=Strict` alone trusts every other
 * service of the same host name.
 *
 * @throws LatchkeyError `CROSS_SITE`
 */
export function assertSameOrigin(request: AnyRequest, { header }: { readonly header: boolean }): void {
  if (header && request.headers[DASHBOARD_HEADER] === undefined) throw new LatchkeyError("CROSS_SITE", `The request has a cookie, but not the header ${DASHBOARD_HEADER}.`);
  const { origin } = request.headers;
  if (origin !== undefined && !ownHosts(request).includes(hostOf(origin))) throw new LatchkeyError("CROSS_SITE", "The request comes from a page of another site.");
}

/** As the browser knows the server: a reverse proxy may have put its own name into `Host`. No other site's page can set either header. */
function ownHosts({ headers }: AnyRequest): readonly string[] {
  const forwarded = headers["x-forwarded-host"];
  return [headers.host, typeof forwarded === "string" ? forwarded.split(",")[0]?.trim() : undefined].flatMap((host) => (host === undefined ? [] : [host.toLowerCase()]));
}

function hostOf(origin: string): string {
  return URL.parse(origin)?.host ?? "";
}
