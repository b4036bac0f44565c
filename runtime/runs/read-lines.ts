import type { Readable } from "node:stream";

const MAX_LINE_BYTES = 16_384;

/** How much of a stream is kept. */
export interface LineLimits {
  /** Shared by all streams of an attempt; what comes after it is read and dropped. */
  readonly budget: { bytesLeft: number };
  readonly onLine: (line: string) => void;
  /** Told once, when the budget is used up. */
  readonly onCut: () => void;
}

/** Reads a child's output line by line. It never stops reading, so that a flood cannot block the child or fill our memory. */
export function readLines(stream: Readable, limits: LineLimits): void {
  const { budget, onLine, onCut } = limits;
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    if (budget.bytesLeft <= 0) return;
    const lines = (rest + chunk.slice(0, budget.bytesLeft)).split("\n");
    budget.bytesLeft -= chunk.length;
    rest = (lines.pop() ?? "").slice(0, MAX_LINE_BYTES);
    for (const line of lines) onLine(line.slice(0, MAX_LINE_BYTES));
    if (budget.bytesLeft <= 0) onCut();
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
    rest = "";
  });
  stream.on("error", () => undefined);
}
