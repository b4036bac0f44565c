import { InvalidCredentialsError, type Page } from "latchkey";

/** What it takes to log in. Passwords are sealed on disk and never logged. */
export interface Credentials {
  /** @format uri */
  baseUrl: string;
  username: string;
  password: string;
}

/** Logs in. Change the selectors to those of your site: npx latchkey auth create sam '{"baseUrl": "…", …}' */
export default async function create({ baseUrl, username, password }: Credentials, page: Page): Promise<void> {
  await page.goto(new URL("/login", baseUrl).href);
  await page.locator("input[name=username]").fill(username);
  await page.locator("input[name=password]").fill(password);
  await Promise.all([page.waitForNavigation(), page.locator("button[type=submit]").click()]);
  // Thrown when the site refuses the credentials: nothing is tried again, so the account is not locked.
  if ((await page.$(".login-error")) !== null) throw new InvalidCredentialsError();
}
