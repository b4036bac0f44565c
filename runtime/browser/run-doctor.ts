import { constants } from "node:fs";
import { access, readFile, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { BrowserProvider } from "../model/browser.ts";
import type { Deadline } from "../model/deadline.ts";
import type { DoctorCheck } from "../model/doctor.ts";
import { toLatchkeyError } from "../model/errors.ts";
import type { Settings } from "../model/settings.ts";
import { findBrowser, installCommand } from "./find-browser.ts";

const MINIMUM_NODE = 24;
const MINIMUM_FREE_BYTES = 1024 ** 3;

/** What `doctor` looks with. */
export interface DoctorOptions {
  readonly settings: Settings;
  readonly environmentExecutable: string | null;
  readonly browsers: BrowserProvider;
  readonly deadline: Deadline;
}

/** Looks at everything a run needs from the machine, and starts a browser to be sure. */
export async function runDoctor({ settings, environmentExecutable, browsers, deadline }: DoctorOptions): Promise<readonly DoctorCheck[]> {
  return [checkNode(), await checkBrowser(settings, environmentExecutable), await checkLaunch({ settings, environmentExecutable, browsers, deadline }), await checkSandbox(), await checkTemporaryFolder()];
}

function checkNode(): DoctorCheck {
  const isNew = Number(process.versions.node.split(".")[0]) >= MINIMUM_NODE;
  return { name: "Node", status: isNew ? "ok" : "missing", detail: `version ${process.versions.node}`, fix: isNew ? null : `npm install --save-dev node@${MINIMUM_NODE}` };
}

async function checkBrowser(settings: Settings, environmentExecutable: string | null): Promise<DoctorCheck> {
  const name = "Browser";
  try {
    const found = await findBrowser(settings.browser, { environmentExecutable });
    const isSlower = settings.browser.headless === "shell" && found.kind !== "shell";
    return { name, status: isSlower ? "warning" : "ok", detail: `${found.executablePath} (from ${found.source})`, fix: isSlower ? installCommand() : null };
  } catch (thrown) {
    const error = toLatchkeyError(thrown);
    return { name, status: "missing", detail: error.message, fix: error.hint.replace(/^Run: /, "") };
  }
}

async function checkLaunch({ settings, browsers, deadline }: DoctorOptions): Promise<DoctorCheck> {
  const name = "Browser starts";
  const begin = performance.now();
  try {
    await using lease = await browsers.lease({ settings: settings.browser, network: settings.network, deadline, warn: () => undefined });
    await using leased = await lease.openContext({ deadline, upstream: null });
    await deadline.race(leased.context.newPage());
    return { name, status: "ok", detail: `${await lease.browser.version()}, first page after ${Math.round(performance.now() - begin)} ms`, fix: null };
  } catch (thrown) {
    const error = toLatchkeyError(thrown);
    return { name, status: "missing", detail: error.message, fix: error.code === "BROWSER_NOT_FOUND" ? error.hint.replace(/^Run: /, "") : null };
  }
}

async function checkSandbox(): Promise<DoctorCheck> {
  const name = "Chromium's sandbox";
  if (process.getuid?.() === 0) return { name, status: "warning", detail: "off, since this is root", fix: "run Latchkey as another user" };
  const allowed = await readFile("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "utf8").catch(() => "0");
  if (allowed.trim() === "1") return { name, status: "warning", detail: "this system may keep Chromium from making user namespaces", fix: "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0" };
  return { name, status: "ok", detail: "on", fix: null };
}

async function checkTemporaryFolder(): Promise<DoctorCheck> {
  const name = "Temporary folder";
  try {
    await access(tmpdir(), constants.W_OK);
    const { bavail, bsize } = await statfs(tmpdir());
    const freeBytes = bavail * bsize;
    const isEnough = freeBytes > MINIMUM_FREE_BYTES;
    return { name, status: isEnough ? "ok" : "warning", detail: `${tmpdir()}, ${Math.round(freeBytes / 1024 ** 2)} MiB free`, fix: isEnough ? null : `free some space below ${tmpdir()}` };
  } catch {
    return { name, status: "missing", detail: `${tmpdir()} cannot be written`, fix: "set TMPDIR to a folder that can be written" };
  }
}
