import { LatchkeyError } from "../model/errors.ts";
import type { AnyRequest } from "./app.ts";
import { keyOf } from "./authenticate.ts";

/**
 * Refuses what another site's page makes a browser ask for with our cookies. A key is no cookie: whoever has it may use it anywhere.
 *
 * @throws LatchkeyError `CROSS_SITE`.
 */
export function assertSameSite(request: AnyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined || keyOf(request) !== null) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host) throw new LatchkeyError("CROSS_SITE", "A page of another site made the request.");
}
