/** What tells whether a target is hidden. */
export interface HideableTarget {
  readonly targetId: string;
  /** Of iframes: the frame they are in. A page's main frame has the page's own id. */
  readonly parentFrameId?: string;
}

/** What a client may know. */
export interface ClientRules {
  readonly isHidden: (target: HideableTarget) => boolean;
}

/** They would give a page, or another session, more of the browser than the relay lets through. */
const FORBIDDEN = new Set(["Target.attachToBrowserTarget", "Target.exposeDevToolsProtocol", "Target.setRemoteLocations", "Target.sendMessageToTarget", "Browser.grantPermissionsToAllOrigins"]);

/** Why a command of author code is refused, in Chrome's own words where it has some; null: it is allowed. */
export function refusalOf(message: { readonly method: string; readonly params?: unknown }, rules: ClientRules): string | null {
  if (FORBIDDEN.has(message.method)) return `'${message.method}' is not allowed here`;
  const { params } = message;
  if (typeof params === "object" && params !== null && "targetId" in params && typeof params.targetId === "string" && rules.isHidden({ targetId: params.targetId })) return "No target with given id found";
  return null;
}

/** A reply of Target.getTargets without hidden targets. */
export function withoutHiddenTargets(text: string, rules: ClientRules): string {
  const message = JSON.parse(text) as { readonly result?: { readonly targetInfos?: readonly HideableTarget[] } };
  const targetInfos = message.result?.targetInfos;
  if (targetInfos === undefined) return text;
  return JSON.stringify({ ...message, result: { ...message.result, targetInfos: targetInfos.filter((target) => !rules.isHidden(target)) } });
}

/** The parameters of Target.createBrowserContext with our proxy in place of any other; null: the browser's own, which is ours too. */
export function withProxy(params: unknown, proxyServer: string | null): object {
  const { proxyServer: _theirs, proxyBypassList: _list, ...rest } = (typeof params === "object" && params !== null ? params : {}) as { readonly proxyServer?: unknown; readonly proxyBypassList?: unknown };
  return proxyServer === null ? rest : { ...rest, proxyServer, proxyBypassList: "<-loopback>" };
}
