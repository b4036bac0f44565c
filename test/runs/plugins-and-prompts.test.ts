import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ACCOUNT, OTP, startLoginSite } from "../fixtures/login-site.ts";
import { openTestProject } from "../support/test-project.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("what a project may do differently", function () {
  this.timeout(60_000);

  it("uses puppeteer-extra plugins that it has installed", async () => {
    await using project = await openTestProject("login-site", { overrides: { "browser.plugins": ["puppeteer-extra-plugin-stealth"] } });
    await mkdir(join(project.dir, "node_modules"));
    await symlink(join(ROOT, "node_modules", "puppeteer-extra-plugin-stealth"), join(project.dir, "node_modules", "puppeteer-extra-plugin-stealth"));
    await writeFile(join(project.dir, "api/public/stealth.ts"), 'import type { Page } from "latchkey";\nexport default async (_params: unknown, page: Page) => page.evaluate(() => navigator.webdriver);\n');
    await using again = await openTestProject("login-site", { sharedDir: project.dir, overrides: { "browser.plugins": ["puppeteer-extra-plugin-stealth"] } });
    const outcome = await again.api("public/stealth");
    expect(outcome.error?.message).to.equal(undefined);
    expect(outcome.result, "with stealth").to.not.equal(true);
    await using plain = await openTestProject("login-site", { sharedDir: project.dir });
    expect((await plain.api("public/stealth")).result, "without").to.equal(true);
  });

  it("is told of a plugin that is not installed", async () => {
    await using site = await startLoginSite();
    await using project = await openTestProject("login-site", { overrides: { "browser.plugins": ["puppeteer-extra-plugin-nothing"] } });
    const { error } = await project.api("public/title", { url: site.url });
    expect(error).to.have.property("code", "SETTINGS_INVALID");
    expect(error?.hint).to.include("npm install puppeteer-extra-plugin-nothing");
  });

  for (const [how, question] of [
    ["a prompt", 'yield prompt("Code?")'],
    ["a text", 'yield "Code?"'],
    ["the older object", 'yield { action: "request_more_info", requestType: "otp", messageToUser: "Code?" }'],
    ["an older choice", 'yield { action: "request_more_info", requestType: "multiple_choice", messageToUser: "Code?", choices: ["1", "246810"] }'],
  ] as const) {
    it(`asks from a generator that yields ${how}`, async () => {
      await using site = await startLoginSite();
      const questions: string[] = [];
      await using project = await openTestProject("login-site", {
        ask: ({ message }) => {
          questions.push(message);
          return Promise.resolve(OTP);
        },
      });
      await writeFile(
        join(project.dir, "auth-sessions/create.ts"),
        `import { prompt, type BrowserContext, type Page } from "latchkey";
void prompt;
export default async function* create(params: { url: string; username: string; password: string }, page: Page, _context: BrowserContext): AsyncGenerator<unknown, void, string> {
  await page.goto(params.url + "/login?otp=1");
  const code = ${question};
  await page.type("[name=username]", params.username);
  await page.type("[name=password]", params.password);
  await page.type("[name=otp]", code);
  await Promise.all([page.waitForNavigation(), page.click("button")]);
}
`,
      );
      const outcome = await project.auth({ kind: "auth-create", id: "sam" }, { url: site.url, ...ACCOUNT });
      expect(outcome.error?.message).to.equal(undefined);
      expect(questions).to.deep.equal(["Code?"]);
      expect(site.logins).to.equal(1);
    });
  }

  it("drives a browser that runs elsewhere, by its WebSocket address", async () => {
    const { default: puppeteer } = await import("puppeteer-core");
    const { findBrowser } = await import("../../runtime/browser/find-browser.ts");
    const { executablePath } = await findBrowser({ headless: "shell", executablePath: null }, { environmentExecutable: null });
    const browser = await puppeteer.launch({ executablePath, headless: "shell", args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
    try {
      await using site = await startLoginSite();
      await using project = await openTestProject("login-site", { overrides: { "browser.wsEndpoint": browser.wsEndpoint() } });
      expect((await project.auth({ kind: "auth-create", id: "sam" }, { url: site.url, ...ACCOUNT })).error?.message).to.equal(undefined);
      expect((await project.api("whoami", {}, { authSessionId: "sam" })).result).to.have.property("user", "sam");
      expect(browser.browserContexts(), "only its own context is left").to.have.length(1);
      expect(browser.connected).to.equal(true);
    } finally {
      await browser.close();
    }
  });

  it("answers documents itself, and still has its login restored", async () => {
    await using site = await startLoginSite();
    await using project = await openTestProject("login-site");
    await cp(join(project.dir, "api/public/title.ts"), join(project.dir, "api/public/copy.ts"));
    await writeFile(
      join(project.dir, "auth-sessions/create.ts"),
      `import type { Page } from "latchkey";
export default async function create(params: { url: string; username: string; password: string }, page: Page): Promise<void> {
  await page.goto(params.url + "/public");
  await page.evaluate(() => localStorage.setItem("kept", "yes"));
}
`,
    );
    await writeFile(
      join(project.dir, "auth-sessions/check.ts"),
      `import { getAuthSessionParameters, type Page } from "latchkey";
export default async function check(page: Page): Promise<boolean> {
  const { url } = getAuthSessionParameters<{ url: string }>();
  await page.setRequestInterception(true);
  page.on("request", (request) => void request.respond({ contentType: "text/html", body: "<script>window.first = localStorage.getItem('kept')</script>" }));
  await page.goto(url + "/answered-by-the-author");
  return (await page.evaluate("window.first")) === "yes";
}
`,
    );
    const outcome = await project.auth({ kind: "auth-create", id: "sam" }, { url: site.url, ...ACCOUNT });
    expect(outcome.error?.message).to.equal(undefined);
  });

  it("blames the check that returns something else than true or false", async () => {
    await using site = await startLoginSite();
    await using project = await openTestProject("login-site");
    await writeFile(join(project.dir, "auth-sessions/check.ts"), 'export default async () => "yes";\n');
    const { error } = await project.auth({ kind: "auth-create", id: "sam" }, { url: site.url, ...ACCOUNT });
    expect(error).to.have.property("code", "CHECK_NOT_BOOLEAN");
    expect(error?.message).to.include("auth-sessions/check.ts");
  });
});
