import type { CliContext } from "./cli-context.ts";

/** Waits until the command is told to stop, by Ctrl-C or SIGTERM, or its parent process is gone. */
export async function untilStopped({ signal }: CliContext): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    // Only a process that was forked has a channel to its parent.
    process.once("disconnect", () => resolve());
  });
}
