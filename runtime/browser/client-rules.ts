/** What a client may know. */
export interface ClientRules {
  readonly isHidden: (targetId: string) => boolean;
}

/** They would give a page, or another session, more of the browser than the relay lets through. */
const FORBIDDEN = new Set(["Target.attachToBrowserTarget", "Target.exposeDevToolsProtocol", "Target.setRemoteLocations", "Target.sendMessageToTarget", "Browser.grantPermissionsToAllOrigins"]);

/** Why a command of author code is refused, in Chrome's own words where it has some; null: it is allowed. */
export function refusalOf(message: { readonly method: string; readonly params?: unknown }, rules: ClientRules): string | null {
  if (FORBIDDEN.has(message.method)) return `'${message.method}' is not allowed here`;
  const { params } = message;
  if (typeof params === "object" && params !== null && "targetId" in params && typeof params.targetId === "string" && rules.isHidden(params.targetId)) return "No target with given id found";
  return null;
}

/** A reply of Target.getTargets without hidden targets; null where it is another message. */
export function filterForClient(text: string, rules: ClientRules): string | null {
  const message = JSON.parse(text) as { readonly result?: { readonly targetInfos?: readonly { readonly targetId: string }[] } };
  const targetInfos = message.result?.targetInfos;
  if (targetInfos === undefined) return null;
  return JSON.stringify({ ...message, result: { ...message.result, targetInfos: targetInfos.filter(({ targetId }) => !rules.isHidden(targetId)) } });
}
