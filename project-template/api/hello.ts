import { log, type Page } from "latchkey";

interface Params {
  /**
   * Who is greeted.
   * @minLength 1
   */
  name: string;
}

/** The smallest API: it needs no login and no Internet. Try: npx latchkey run hello '{"name": "Sam"}' */
export default async function hello({ name }: Params, page: Page): Promise<{ greeting: string }> {
  await page.setContent("<h1></h1>");
  await page.$eval("h1", (heading, text) => void (heading.textContent = text), `Hello, ${name}!`);
  log.info("the page says hello");
  return { greeting: await page.$eval("h1", (heading) => heading.textContent ?? "") };
}
