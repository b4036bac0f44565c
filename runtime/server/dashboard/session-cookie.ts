import type { AnyRequest } from "../app.ts";

/** The cookie of whoever is signed in to the dashboard. */
export const SESSION_COOKIE = "latchkey_session";

/** How cookies of the server's pages are set: no script reads them, no other site sends them. */
export function cookieOptions({ protocol, headers }: AnyRequest, path: string): { readonly path: string; readonly httpOnly: true; readonly sameSite: "strict"; readonly secure: boolean } {
  // TLS may also end at a reverse proxy in front of the server.
  return { path, httpOnly: true, sameSite: "strict", secure: protocol === "https" || headers["x-forwarded-proto"] === "https" };
}
