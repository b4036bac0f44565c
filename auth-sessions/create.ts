import { InvalidCredentialsError, type Page } from "latchkey";

/** What it takes to log in. */
export interface Credentials {
  /**
   * Where the registry's web page is.
   * @format uri
   */
  baseUrl: string;
  /** @minLength 1 */
  username: string;
  /** @minLength 1 */
  password: string;
}

/** Logs in to the registry's web page, as a person would. */
export default async function create({ baseUrl, username, password }: Credentials, page: Page): Promise<void> {
  await page.goto(baseUrl);
  await page.locator("[data-testid='header--button-login']").click();
  await page.locator("#login--dialog-username").fill(username);
  await page.locator("#login--dialog-password").fill(password);
  await page.locator("[role=dialog] form button[type=submit], [role=dialog] form button:not([disabled])").click();
  const outcome = await page.waitForSelector("#header--button-account, [role=dialog] [role=alert]");
  if ((await outcome?.evaluate((node) => node.id)) !== "header--button-account") throw new InvalidCredentialsError("Verdaccio refused the user name or password.");
}
