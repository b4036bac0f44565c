import { getAuthSessionParameters, type Page } from "latchkey";
import type { Credentials } from "../../auth-sessions/create.ts";

interface PackageSummary {
  name: string;
  version: string;
}

/** The packages that the registry's home page shows. */
export default async function list(_params: Record<string, never>, page: Page): Promise<PackageSummary[]> {
  const { baseUrl } = getAuthSessionParameters<Credentials>();
  const packages = page.waitForResponse((response) => response.url().includes("/-/verdaccio/data/packages") && response.request().method() === "GET");
  await page.goto(baseUrl);
  const found = (await (await packages).json()) as PackageSummary[];
  return found.map(({ name, version }) => ({ name, version }));
}
