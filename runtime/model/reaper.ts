/**
 * Cleans up after this process, however it ends: also when it is killed with SIGKILL. What is guarded is
 * ended or removed when the process is gone; disposing a guard takes it off the list.
 */
export interface Reaper extends AsyncDisposable {
  /** Kills the process group. */
  guardGroup(pgid: number): Disposable;
  /** Removes the folder and all that is in it. */
  guardFolder(path: string): Disposable;
  /** Kills every process whose environment has `LATCHKEY_ATTEMPT=<marker>` (Linux). */
  guardMarker(marker: string): Disposable;
}
