import { readFileSync } from "node:fs";

/** A process, told apart from a later one that got the same pid. */
export interface ProcessStamp {
  readonly pid: number;
  /** Linux: clock ticks since boot; elsewhere empty, and only the pid counts. */
  readonly startedAt: string;
}

/** The stamp of a process, by default of this one. */
export function processStamp(pid = process.pid): ProcessStamp {
  return { pid, startedAt: startOf(pid) };
}

/** Whether the process of a stamp is still running. */
export function isSameProcess({ pid, startedAt }: ProcessStamp): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
  return startedAt === "" || startOf(pid) === startedAt;
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Field 22 of proc_pid_stat(5); what is before the name's bracket is cut off. A zombie has ended.
    return fields[0] === "Z" ? "ended" : (fields[19] ?? "");
  } catch {
    return "";
  }
}
