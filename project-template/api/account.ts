import { getAuthSessionParameters, type Page } from "latchkey";
import type { Credentials } from "../auth-sessions/create.ts";

/** An API that acts for a logged-in user: npx latchkey run account --auth-session sam */
export default async function account(_params: Record<string, never>, page: Page): Promise<{ title: string }> {
  const { baseUrl } = getAuthSessionParameters<Credentials>();
  await page.goto(baseUrl);
  return { title: await page.title() };
}
