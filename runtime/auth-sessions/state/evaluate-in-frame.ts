import type { CdpSession } from "../../model/browser.ts";

const WORLD = "latchkey";

/** Evaluates in a world of our own in the frame, where the site's changes to built-in functions do not reach. */
export async function evaluateInFrame(session: CdpSession, frameId: string, expression: string): Promise<unknown> {
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId, worldName: WORLD });
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value as unknown;
}

/** A frame of a session's target. */
export interface FrameOfSession {
  readonly id: string;
  readonly url: string;
  readonly isTop: boolean;
}

/** The frames that live in the session's own process. */
export async function framesOf(session: CdpSession): Promise<readonly FrameOfSession[]> {
  const { frameTree } = await session.send("Page.getFrameTree");
  const frames: FrameOfSession[] = [];
  const visit = (tree: typeof frameTree, isTop: boolean): void => {
    frames.push({ id: tree.frame.id, url: tree.frame.url, isTop });
    for (const child of tree.childFrames ?? []) visit(child, false);
  };
  visit(frameTree, frameTree.frame.parentId === undefined);
  return frames;
}
