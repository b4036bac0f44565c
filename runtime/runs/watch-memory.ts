import { readFile } from "node:fs/promises";

const PERIOD_MS = 200;
/** Linux counts memory in pages; 4 KiB on every platform Node is built for with /proc, but 64-bit ARM may differ. */
const PAGE_BYTES = 4096;

/**
 * Calls `exceeded` once when the process holds more than `limitBytes` of memory. The heap limit of
 * Node does not count Buffers, so the operating system's figure is read (Linux only).
 */
export function watchMemory(pid: number, limitBytes: number, exceeded: () => void): Disposable {
  const timer = setInterval(() => {
    void readFile(`/proc/${pid}/statm`, "utf8").then(
      (statm) => {
        const residentBytes = Number(statm.split(" ")[1]) * PAGE_BYTES;
        if (residentBytes <= limitBytes) return;
        clearInterval(timer);
        exceeded();
      },
      () => clearInterval(timer),
    );
  }, PERIOD_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
