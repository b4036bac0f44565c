import { getAuthSessionParameters, RunError, type Page } from "latchkey";
import type { Credentials } from "../../auth-sessions/create.ts";

interface Params {
  /**
   * The package's name, scope included.
   * @minLength 1
   */
  name: string;
}

interface Details {
  name: string;
  version: string;
  description: string;
}

/** What the package's own page says of it. */
export default async function details({ name }: Params, page: Page): Promise<Details> {
  const { baseUrl } = getAuthSessionParameters<Credentials>();
  const answer = page.waitForResponse((response) => response.url().includes("/-/verdaccio/data/sidebar/"));
  await page.goto(new URL(`-/web/detail/${name}`, `${baseUrl}/`).href);
  const response = await answer;
  if (response.status() === 404) throw new RunError(`The registry has no package "${name}".`);
  const { latest } = (await response.json()) as { latest: { name: string; version: string; description?: string } };
  await page.waitForSelector("#root");
  return { name: latest.name, version: latest.version, description: latest.description ?? "" };
}
