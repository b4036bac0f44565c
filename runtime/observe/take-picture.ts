import type { Page } from "puppeteer-core";

/**
 * A picture of a page; null when it does not answer in time. By a CDP session of our own: Puppeteer's screenshot
 * holds a lock of the whole context, so one page that spins would keep new pages from opening.
 */
export async function takePicture(page: Page, options: { readonly format: "png" } | { readonly format: "jpeg"; readonly quality: number }, timeoutMs: number): Promise<Buffer | null> {
  return within(
    (async () => {
      const session = await page.createCDPSession();
      try {
        const { data } = await session.send("Page.captureScreenshot", { ...options, optimizeForSpeed: true });
        return Buffer.from(data, "base64");
      } finally {
        void session.detach().catch(() => undefined);
      }
    })(),
    timeoutMs,
  );
}

/** The promise's result; null when it fails or takes too long, as with a page that spins. */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), timeoutMs);
  try {
    return await Promise.race([promise.catch(() => null), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
