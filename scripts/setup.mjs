// Installs what is missing, and says so: packages, a browser, the build. Plain JavaScript without dependencies,
// since it runs before there are any, on whatever Node is there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SHELLS = ["/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium-headless-shell"];
const CHROMES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

installPackages();
installBrowser();
build();

function installPackages() {
  const marker = join(root, "node_modules", ".package-lock.json");
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs) return;
  say("Installing packages (npm ci) …");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}

function installBrowser() {
  if ([...SHELLS, ...CHROMES].some((path) => existsSync(path)) || process.env.LATCHKEY_BROWSER || existsSync(join(homedir(), ".cache", "puppeteer"))) return;
  if (process.platform === "linux" && existsSync("/usr/bin/apt-get")) {
    const sudo = process.getuid() === 0 ? [] : ["sudo", "-n"];
    say("Installing Chromium with apt-get …");
    const [first, ...rest] = [...sudo, "apt-get"];
    const updated = spawnSync(first, [...rest, "update", "-qq"], { stdio: "inherit" });
    const installed = updated.status === 0 ? spawnSync(first, [...rest, "install", "-y", "-qq", "chromium", "chromium-headless-shell"], { stdio: ["ignore", "ignore", "inherit"] }) : updated;
    if (installed.status === 0) return;
    say("apt-get could not install it; trying @puppeteer/browsers …");
  } else say("Installing Chrome with @puppeteer/browsers …");
  run("npx", ["@puppeteer/browsers", "install", "chrome-headless-shell@stable", "--path", join(homedir(), ".cache", "puppeteer")]);
}

function build() {
  const built = join(root, "dist", "cli", "main.js");
  const builtAtMs = existsSync(built) ? statSync(built).mtimeMs : 0;
  if (builtAtMs >= Math.max(newest(join(root, "runtime")), newest(join(root, "dashboard")))) return;
  say("Building dist/ …");
  run(join(root, "node_modules", ".bin", "node"), [join(root, "scripts", "build.ts")]);
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status === 0) return;
  say(`${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}.`);
  process.exit(1);
}

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}
