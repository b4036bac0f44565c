import { getAuthSessionParameters, type Page } from "latchkey";
import type { Credentials } from "./create.ts";

/** Whether the login still holds: look at something that only a logged-in user sees. */
export default async function check(page: Page): Promise<boolean> {
  const { baseUrl } = getAuthSessionParameters<Credentials>();
  await page.goto(baseUrl);
  return (await page.$("a[href='/logout']")) !== null;
}
