import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type ConnectionTransport } from "puppeteer-core";
import puppeteerExtra, { type PuppeteerExtraPlugin, type VanillaPuppeteer } from "puppeteer-extra";
import { LatchkeyError } from "../model/errors.ts";
import type { AttachMessage } from "../model/worker-protocol.ts";

/** Connects to the leased Chrome, with the project's puppeteer-extra plugins where it has some. */
export async function connectBrowser(message: AttachMessage, transport: ConnectionTransport): Promise<Browser> {
  const options = { transport, defaultViewport: message.viewport };
  if (message.plugins.length === 0) return puppeteer.connect(options);
  // puppeteer-extra was typed for an older puppeteer; it calls only `launch` and `connect` of it.
  const extra = puppeteerExtra.addExtra(puppeteer as unknown as VanillaPuppeteer);
  for (const { name, options: pluginOptions } of message.plugins) extra.use((await loadPlugin(name, message.projectDir))(pluginOptions));
  const connected: unknown = await extra.connect(options);
  return connected as Browser;
}

async function loadPlugin(name: string, projectDir: string): Promise<(options: object) => PuppeteerExtraPlugin> {
  const require = createRequire(join(projectDir, "package.json"));
  try {
    const loaded = (await import(pathToFileURL(require.resolve(name)).href)) as { readonly default?: unknown };
    if (typeof loaded.default === "function") return loaded.default as (options: object) => PuppeteerExtraPlugin;
  } catch (cause) {
    throw new LatchkeyError("SETTINGS_INVALID", `The plugin ${name} of browser.plugins cannot be loaded.`, { hint: `Run: npm install ${name}`, cause });
  }
  throw new LatchkeyError("SETTINGS_INVALID", `${name} of browser.plugins is not a puppeteer-extra plugin: its default export is no function.`);
}
