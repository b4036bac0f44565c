import type { Browser, Protocol } from "puppeteer-core";
import type { StoredCookie } from "../../model/storage-state.ts";

/** All cookies of a context, with everything Chrome knows of them. */
export async function readCookies(browser: Browser, browserContextId: string): Promise<readonly StoredCookie[]> {
  const session = await browser.target().createCDPSession();
  try {
    const { cookies } = await session.send("Storage.getCookies", { browserContextId });
    return cookies.map(toStored);
  } finally {
    await session.detach();
  }
}

/** Puts cookies into a context. */
export async function writeCookies(browser: Browser, browserContextId: string, cookies: readonly StoredCookie[]): Promise<void> {
  if (cookies.length === 0) return;
  const session = await browser.target().createCDPSession();
  try {
    await session.send("Storage.setCookies", { browserContextId, cookies: cookies.map(toCdp) });
  } finally {
    await session.detach();
  }
}

function toStored({ name, value, domain, path, expires, httpOnly, secure, sameSite, priority, sourceScheme, sourcePort, partitionKey, session }: Protocol.Network.Cookie): StoredCookie {
  return {
    name,
    value,
    domain,
    path,
    expires: session ? -1 : expires,
    httpOnly,
    secure,
    ...(sameSite !== undefined && { sameSite }),
    priority,
    sourceScheme,
    sourcePort,
    ...(partitionKey !== undefined && { partitionKey: partitionKey.topLevelSite, _crHasCrossSiteAncestor: partitionKey.hasCrossSiteAncestor }),
  };
}

function toCdp({ name, value, domain, path, expires, httpOnly, secure, sameSite, priority, sourceScheme, sourcePort, partitionKey, _crHasCrossSiteAncestor }: StoredCookie): Protocol.Network.CookieParam {
  return {
    name,
    value,
    path,
    httpOnly,
    secure,
    // A domain makes a cookie visible to subdomains; one that was set for its host alone must stay so.
    ...(domain.startsWith(".") ? { domain } : { url: `${secure ? "https" : "http"}://${domain.includes(":") ? `[${domain}]` : domain}${path}` }),
    ...(expires !== -1 && { expires }),
    ...(sameSite !== undefined && { sameSite }),
    ...(priority !== undefined && { priority }),
    ...(sourceScheme !== undefined && { sourceScheme }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(partitionKey !== undefined && { partitionKey: { topLevelSite: partitionKey, hasCrossSiteAncestor: _crHasCrossSiteAncestor ?? true } }),
  };
}
