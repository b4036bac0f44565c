import { getAuthSessionParameters, type Page } from "latchkey";
import type { Credentials } from "./create.ts";

/**
 * Whether the page shows the user's menu, and the server still takes the token behind it. Verdaccio's page believes
 * any token until it runs out, so the server is asked for the packages that only users can see.
 */
export default async function check(page: Page): Promise<boolean> {
  const { baseUrl } = getAuthSessionParameters<Credentials>();
  await page.goto(baseUrl);
  const button = await page.waitForSelector("#header--button-account, [data-testid='header--button-login']");
  if ((await button?.evaluate((node) => node.id)) !== "header--button-account") return false;
  return page.evaluate(async () => {
    const token = localStorage.getItem("token") ?? "";
    const response = await fetch("/-/verdaccio/data/packages", { headers: { authorization: `Bearer ${token}` } });
    const packages: unknown = response.ok ? await response.json() : [];
    return Array.isArray(packages) && packages.length > 0;
  });
}
