import { harFromMessages } from "chrome-har";
import type { Page } from "puppeteer-core";
import { isJsonObject } from "../model/json.ts";
import { REDACTED, type Redactor } from "../model/redact.ts";
import { isSecretParameter, redactUrl, redactUrls } from "./redact-url.ts";

const MAX_MESSAGES = 50_000;
const EVENTS = [
  "Page.loadEventFired",
  "Page.domContentEventFired",
  "Page.frameStartedLoading",
  "Page.frameAttached",
  "Page.frameScheduledNavigation",
  "Page.frameNavigated",
  "Network.requestWillBeSent",
  "Network.requestServedFromCache",
  "Network.dataReceived",
  "Network.responseReceived",
  "Network.resourceChangedPriority",
  "Network.loadingFinished",
  "Network.loadingFailed",
  "Network.responseReceivedExtraInfo",
  "Network.requestWillBeSentExtraInfo",
] as const;
const SECRET_HEADERS = /^(cookie|set-cookie|authorization|proxy-authorization|x-api-key|x-auth-token|x-csrf-token|x-xsrf-token)$/i;

/** Records the network of pages as HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), without bodies of responses. */
export interface HarRecorder {
  watch(page: Page): Promise<void>;
  /** Whether there was more than is kept. */
  readonly isCut: boolean;
  /** The archive, redacted. */
  toHar(): unknown;
}

/** A recorder of one attempt. */
export function createHarRecorder(redactor: Redactor): HarRecorder {
  const messages: { readonly method: string; readonly params: unknown }[][] = [];
  let count = 0;
  return {
    get isCut() {
      return count >= MAX_MESSAGES;
    },
    async watch(page) {
      const own: { method: string; params: unknown }[] = [];
      messages.push(own);
      const session = await page.createCDPSession();
      for (const method of EVENTS)
        session.on(method, (params) => {
          count += 1;
          if (count < MAX_MESSAGES) own.push({ method, params });
        });
      await Promise.all([session.send("Page.enable"), session.send("Network.enable")]);
    },
    toHar() {
      // Each page is an archive of its own, since ids of requests are unique within a page only.
      const archives = messages.map((own) => harFromMessages(own, { includeTextFromResponseBody: false }));
      const log = { version: "1.2", creator: { name: "Latchkey", version: "1" }, pages: [] as unknown[], entries: [] as unknown[] };
      for (const [index, archive] of archives.entries()) {
        const rename = (id: string): string => `page_${index + 1}_${id}`;
        log.pages.push(...archive.log.pages.map((page) => ({ ...page, id: rename(page.id), title: redactUrl(page.title, redactor) })));
        log.entries.push(...archive.log.entries.map((entry) => redactEntry({ ...entry, pageref: rename(entry.pageref) }, redactor)));
      }
      return redactor.value({ log });
    },
  };
}

/** Masks what is secret by its place in an entry, known to the redactor or not. Keys of the recorder's own (`_…`) repeat addresses and are left out. */
function redactEntry(value: unknown, redactor: Redactor, key = ""): unknown {
  if (typeof value === "string") return redactPlace(value, key, redactor);
  if (key === "cookies") return [];
  if (key === "postData" && isJsonObject(value)) return { mimeType: value["mimeType"] ?? "", params: [], text: REDACTED };
  if (Array.isArray(value)) return value.map((item) => redactEntry(item, redactor, key));
  if (typeof value !== "object" || value === null) return value;
  const { name } = value as { readonly name?: unknown };
  if (typeof name === "string" && "value" in value && typeof value.value === "string") return { ...value, value: SECRET_HEADERS.test(name) || isSecretParameter(name) ? REDACTED : redactPlace(value.value, name, redactor) };
  return Object.fromEntries(Object.entries(value).flatMap(([inner, item]) => (inner.startsWith("_") ? [] : [[inner, redactEntry(item, redactor, inner)]])));
}

function redactPlace(value: string, key: string, redactor: Redactor): string {
  // `Location` may be relative; it is an address all the same.
  if (!/^(?:url|redirectURL|location|referer|refresh)$/i.test(key)) return redactUrls(value, redactor);
  if (URL.canParse(value) || !URL.canParse(value, "http://relative")) return redactUrl(value, redactor);
  const { pathname, search, hash } = new URL(redactUrl(new URL(value, "http://relative").href, redactor));
  return `${pathname}${search}${hash}`;
}
