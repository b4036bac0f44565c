/**
 * Entry of the process that runs author code: one per attempt. The parent owns the browser, the
 * proxy, the storage state and the deadline; this process owns nothing that must outlive it.
 *
 * @module
 */
import { parseToChild } from "./parse-message.ts";
import { runAttempt } from "./run-attempt.ts";

const attempt = runAttempt((message) => process.send?.(message));

process.on("message", (raw: unknown) => attempt.receive(parseToChild(raw)));
// Without a parent there is nobody to work for. A blocked event loop never gets here: the parent's reaper ends those.
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "ready" });
