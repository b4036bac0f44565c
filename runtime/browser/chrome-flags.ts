import puppeteer from "puppeteer-core";
import type { BrowserSettings } from "../model/settings.ts";
import type { FoundBrowser } from "./find-browser.ts";

/** What the flags depend on besides the settings. */
export interface FlagOptions {
  readonly settings: BrowserSettings;
  readonly kind: FoundBrowser["kind"];
  readonly userDataDir: string;
  readonly proxyUrl: string;
  /** Off only for root, whom Chromium's sandbox does not serve. */
  readonly sandbox: boolean;
}

/** They would lead around the proxy, open a debugging port to other programs, or leave a profile behind. */
const OWN_FLAG = /^--(no-proxy-server|proxy-|remote-debugging-|remote-allow-origins|user-data-dir|webrtc-ip-handling-policy|force-webrtc-ip-handling-policy)/;

/** The names of those of the project's own arguments that only Latchkey may set; {@link chromeFlags} leaves them out. */
export function reservedFlags(args: readonly string[]): readonly string[] {
  return args.filter((flag) => OWN_FLAG.test(flag)).map((flag) => flag.replace(/=.*/s, ""));
}

/** The command line of a leased Chrome. */
export function chromeFlags({ settings, kind, userDataDir, proxyUrl, sandbox }: FlagOptions): readonly string[] {
  const { headless, args, viewport, userAgent, locale, ignoreHttpsErrors } = settings;
  const mode = headless === false ? false : kind === "shell" ? "shell" : true;
  return [
    // Given to Puppeteer, which joins features that are switched on or off with its own.
    ...puppeteer.defaultArgs({ headless: mode, userDataDir, args: args.filter((flag) => !OWN_FLAG.test(flag)) }).filter((flag) => flag !== "about:blank"),
    "--remote-debugging-pipe",
    "--no-startup-window",
    `--proxy-server=${proxyUrl}`,
    // Without it Chrome goes around the proxy for loopback addresses, and so around the egress policy.
    "--proxy-bypass-list=<-loopback>",
    // WebRTC would send UDP around the proxy and show the machine's own address.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    `--window-size=${viewport.width},${viewport.height}`,
    ...(sandbox ? [] : ["--no-sandbox"]),
    // By flag, since popups do not get what is set for a page.
    ...(userAgent === null ? [] : [`--user-agent=${userAgent}`]),
    ...(locale === null ? [] : [`--lang=${locale}`, `--accept-lang=${locale}`]),
    ...(ignoreHttpsErrors ? ["--ignore-certificate-errors"] : []),
  ];
}
