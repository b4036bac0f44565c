import type { ElementHandle, Page } from "puppeteer-core";

const MAX_ELEMENTS = 40;
const INTERACTIVE = "input:not([type=hidden]), textarea, select, button, a[href], [role=button]";
const SETTLE_TIMEOUT_MS = 5_000;

/** What can be done on a page, for a person without a window. */
export interface PageView {
  /** The page in a few lines, with a number before each element. */
  readonly text: string;
  readonly elements: readonly ElementHandle<Element>[];
}

/** The visible things a person can act on. */
export async function describePage(page: Page): Promise<PageView> {
  await page.waitForNetworkIdle({ idleTime: 300, timeout: SETTLE_TIMEOUT_MS }).catch(() => undefined);
  const elements: ElementHandle<Element>[] = [];
  const lines: string[] = [];
  for (const handle of await page.$$(INTERACTIVE)) {
    if (elements.length >= MAX_ELEMENTS || !(await handle.isVisible())) continue;
    elements.push(handle);
    lines.push(`  ${elements.length}. ${await handle.evaluate(describeElement)}`);
  }
  return { text: [`${await page.title()} (${page.url()})`, ...lines].join("\n"), elements };
}

/** Does one step. @returns what was wrong with it, or null. */
export async function answerStep(page: Page, view: PageView, step: string): Promise<string | null> {
  try {
    if (URL.canParse(step) && /^https?:/.test(step)) {
      await page.goto(step, { waitUntil: "domcontentloaded" });
      return null;
    }
    const [, number, text] = /^(\d+)(?:=(.*))?$/s.exec(step) ?? [];
    const element = view.elements[Number(number) - 1];
    if (element === undefined) return `There is no element ${step}.`;
    if (text === undefined) await element.click();
    else await fill(element, text);
    return null;
  } catch (thrown) {
    return `That did not work: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

async function fill(element: ElementHandle<Element>, text: string): Promise<void> {
  if (await element.evaluate((node) => node instanceof HTMLSelectElement)) {
    await element.select(text);
    return;
  }
  await element.click({ count: 3 });
  await element.press("Backspace");
  await element.type(text);
}

/** Runs in the page. */
function describeElement(node: Element): string {
  const label = node.getAttribute("aria-label") ?? ("labels" in node ? (node as HTMLInputElement).labels?.[0]?.textContent : null) ?? node.getAttribute("placeholder") ?? node.getAttribute("name") ?? node.textContent;
  const kind = node.tagName === "INPUT" ? `${node.getAttribute("type") ?? "text"} field` : node.tagName === "A" ? "link" : node.tagName.toLowerCase();
  return `${kind}: ${(label ?? "").trim().replaceAll(/\s+/g, " ").slice(0, 60)}`;
}
