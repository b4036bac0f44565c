import { spawn } from "node:child_process";
import { isAbsolute, normalize } from "node:path";
import type { Writable } from "node:stream";
import { LatchkeyError } from "../model/errors.ts";
import type { Reaper } from "../model/reaper.ts";

/**
 * Reads a list from standard input and acts on it at the end of input, which comes however our process ends.
 * A shell, since it starts in a millisecond and holds a megabyte. Values are only ever used as quoted words.
 */
const SCRIPT = `
trap '' INT TERM HUP
lines=
nl='
'
while IFS= read -r line; do
  case $line in
    +*) lines="$lines$nl\${line#+}" ;;
    -*) rest=; old=$lines; IFS=$nl; for entry in $old; do [ "$entry" = "\${line#-}" ] || rest="$rest$nl$entry"; done; unset IFS; lines=$rest ;;
  esac
done
IFS=$nl
for entry in $lines; do
  value=\${entry#* }
  case $entry in
    "group "*) kill -9 "-$value" 2>/dev/null ;;
    "marker "*) for file in $(grep -lsazxF -- "LATCHKEY_ATTEMPT=$value" /proc/[0-9]*/environ); do pid=\${file#/proc/}; kill -9 "\${pid%/environ}" 2>/dev/null; done ;;
  esac
done
for entry in $lines; do
  case $entry in "folder "*) for attempt in 1 2 3; do rm -rf -- "\${entry#folder }" 2>/dev/null && break; sleep 0.2; done ;; esac
done
`;

const MARKER = /^[A-Za-z0-9._-]+$/;

/** Starts the reaper: a tiny process of its own session, which signals to our group do not reach. */
export function startReaper(): Reaper {
  const child = spawn("/bin/sh", ["-c", SCRIPT, "latchkey-reaper"], { detached: true, stdio: ["pipe", "ignore", "ignore"], env: { PATH: "/usr/local/bin:/usr/bin:/bin" }, cwd: "/" });
  child.unref();
  // A reaper that somebody killed must not take us with it.
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  // A child's standard input is a socket, which its type does not say; it must not keep our event loop alive.
  (child.stdin as Writable & { unref?: () => void }).unref?.();

  const guard = (kind: string, value: string): Disposable => {
    child.stdin.write(`+${kind} ${value}\n`);
    let isGuarded = true;
    return {
      [Symbol.dispose]: () => {
        if (isGuarded) child.stdin.write(`-${kind} ${value}\n`);
        isGuarded = false;
      },
    };
  };
  const assert = (holds: boolean, what: string): void => {
    if (!holds) throw new LatchkeyError("INTERNAL", `The reaper cannot guard ${what}.`);
  };
  let ending: Promise<void> | null = null;

  return {
    guardGroup(pgid) {
      assert(Number.isInteger(pgid) && pgid > 1, `the group ${pgid}`);
      return guard("group", String(pgid));
    },
    guardFolder(path) {
      assert(isAbsolute(path) && normalize(path) === path && path.split("/").filter(Boolean).length >= 2 && !/[\n\r]/.test(path), "that folder");
      return guard("folder", path);
    },
    guardMarker(marker) {
      assert(MARKER.test(marker), "that marker");
      return guard("marker", marker);
    },
    [Symbol.asyncDispose]() {
      ending ??= (async () => {
        const exited = new Promise<void>((resolve) => (child.exitCode === null && child.signalCode === null && child.pid !== undefined ? child.once("exit", () => resolve()) : resolve()));
        child.ref();
        child.stdin.end();
        await exited;
      })();
      return ending;
    },
  };
}
