import { expect } from "chai";
import { Server } from "proxy-chain";
import { ACCOUNT, OTP, startLoginSite, type LoginSite } from "../fixtures/login-site.ts";
import { pictured, startDashboard, type Dashboard } from "../support/dashboard.ts";
import { startGate } from "../support/gate.ts";
import type { JsonObject } from "../../runtime/model/json.ts";

const settingsOf = (site: LoginSite, more: JsonObject = {}): string => JSON.stringify({ name: "hosted", authSessions: { checkAttempts: 1, createAttempts: 1, startUrl: `${site.url}/login`, apis: [{ pattern: "whoami", auth: "required" }, { pattern: "*", auth: "none" }], ...more } });

describe("working with the dashboard", function () {
  this.timeout(240_000);
  let dashboard: Dashboard;
  let site: LoginSite;
  before(async () => {
    site = await startLoginSite();
    dashboard = await startDashboard({ slots: 2, settings: settingsOf(site) });
    await dashboard.hosted.request("PUT", "env/SITE_URL", { value: site.url });
    await dashboard.signIn();
  });
  after(async () => {
    await dashboard[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  afterEach(() => expect(dashboard.problems).to.deep.equal([]));

  /** Clicks at a point of the remote page. */
  async function clickRemote(page: Dashboard["page"], x: number, y: number): Promise<void> {
    const box = await (await page.$("section[aria-label='Live view'] canvas"))?.boundingBox();
    if (box == null) throw new Error("There is no live view.");
    const size = await page.$eval("section[aria-label='Live view'] canvas", (canvas) => ({ width: canvas.width, height: canvas.height }));
    await page.mouse.click(box.x + (x / size.width) * box.width, box.y + (y / size.height) * box.height);
  }

  /** Logs in by hand through the live view. */
  async function logInByHand(page: Dashboard["page"]): Promise<void> {
    await page.locator("section[aria-label='Live view'][data-state='live'] canvas[aria-label='Picture of the remote page: Login'][data-interactive]").setTimeout(30_000).wait();
    await pictured(page);
    await clickRemote(page, 60, 18);
    await page.keyboard.type(ACCOUNT.username);
    await page.keyboard.press("Tab");
    await page.keyboard.type(ACCOUNT.password);
    await page.keyboard.press("Enter");
    await page.locator("canvas[aria-label='Picture of the remote page: Home']").setTimeout(30_000).wait();
  }

  /** A login that others made. */
  async function logIn(id: string): Promise<void> {
    const { body } = await dashboard.hosted.request("POST", "auth-sessions/create", { id, parameters: { ...ACCOUNT, url: site.url } });
    expect(await dashboard.hosted.ended(String(body["operationId"]))).to.include({ status: "completed" });
  }

  it("makes an auth session whose login asks for a code, and answers it in place", async () => {
    await dashboard.open("/projects/hosted/auth-sessions");
    await dashboard.sees("New auth session");
    expect(await dashboard.inspect("auth-sessions-empty")).to.deep.equal([]);
    await dashboard.click("New auth session");
    await dashboard.fill("Id", "sam-by-code");
    await dashboard.fill("url", site.url);
    await dashboard.fill("username", ACCOUNT.username);
    await dashboard.fill("password", ACCOUNT.password);
    await dashboard.click("otp", "checkbox");
    expect(await dashboard.inspect("auth-session-new")).to.deep.equal([]);
    await dashboard.click("Log in");
    await dashboard.fill("Code from the e-mail", OTP);
    await dashboard.click("Answer");
    await dashboard.sees(/Logged in, checked and kept/);
    await dashboard.sees(/READY|Ready/);
    expect(await dashboard.inspect("auth-session")).to.deep.equal([]);
    const { body } = await dashboard.hosted.request("GET", "auth-sessions/sam-by-code");
    expect(body["status"]).to.equal("READY");
    expect(await dashboard.page.evaluate(() => document.documentElement.outerHTML)).to.not.include(ACCOUNT.password);
  });

  it("runs an API by its form, is shown it live, sees it fail, and tries it again", async () => {
    await using gate = await startGate();
    await dashboard.open("/projects/hosted/apis");
    expect(await dashboard.inspect("apis")).to.deep.equal([]);
    await dashboard.open("/projects/hosted/apis/holds");
    await dashboard.fill("gate", gate.url);
    expect(await dashboard.inspect("api")).to.deep.equal([]);
    await dashboard.click(/^Run( now)?$/);
    await gate.arrived(1);
    await dashboard.sees(/Live/);
    await dashboard.page.locator("section[aria-label='Live view'][data-state='live']").setTimeout(30_000).wait();
    expect(await dashboard.inspect("run-live")).to.deep.equal([]);
    gate.open();
    await dashboard.sees(/Completed/i);
    // Nothing answers there: the run fails, and says what to do.
    await dashboard.open("/projects/hosted/apis/visits");
    await dashboard.fill("url", "http://127.0.0.1:9/");
    await dashboard.click(/^Run( now)?$/);
    await dashboard.sees(/NAVIGATION_FAILED|API_FAILED/);
    await dashboard.sees(/Failed/i);
    expect(await dashboard.inspect("run-failed")).to.deep.equal([]);
    const failed = dashboard.page.url();
    await dashboard.click("Retry");
    await dashboard.leaves(failed);
    await dashboard.sees(/NAVIGATION_FAILED/);
    await dashboard.open("/projects/hosted/runs");
    await dashboard.sees("visits");
    expect(await dashboard.inspect("runs")).to.deep.equal([]);
  });

  it("records a login that a person makes in the live view", async () => {
    await dashboard.open("/projects/hosted/auth-sessions?new=record");
    await dashboard.fill("Id", "by-hand");
    expect(await dashboard.inspect("record-new")).to.deep.equal([]);
    await dashboard.click("Start the recording");
    await logInByHand(dashboard.page);
    expect(await dashboard.inspect("recording")).to.deep.equal([]);
    await dashboard.click("I am logged in");
    await dashboard.sees("The login is kept");
    const runId = await dashboard.hosted.start("whoami", {}, { authSession: { id: "by-hand" } });
    expect(await dashboard.hosted.ended(runId)).to.include({ status: "completed" });
  });

  it("lets a stranger with a link record a login, and nothing else", async () => {
    const { body } = await dashboard.hosted.request("POST", "auth-sessions/record", { id: "by-link", link: {} });
    const { url } = body["link"] as { readonly url: string };
    await using stranger = await dashboard.stranger();
    await stranger.page.goto(url);
    await stranger.page.locator("::-p-aria([name='Begin'][role='button'])").click();
    await logInByHand(stranger.page);
    await stranger.page.locator("::-p-aria([name='I am logged in'][role='button'])").click();
    await stranger.page.locator("::-p-text(your login is saved)").setTimeout(30_000).wait();
    await stranger.page.goto(`${dashboard.hosted.url}/projects/hosted/runs`);
    await stranger.page.locator("::-p-text(Sign in to Latchkey)").wait();
    await stranger.page.goto(url);
    await stranger.page.evaluate(() => sessionStorage.clear());
    await stranger.page.reload();
    await stranger.page.locator("::-p-aria([name='Begin'][role='button'])").click();
    await stranger.page.locator("::-p-text(This link was used already)").wait();
    expect((await dashboard.hosted.request("GET", "auth-sessions/by-link")).body["status"]).to.equal("READY");
  });

  it("changes the proxy of an auth session: a dead one leaves all as it was, a good one logs in again through it", async () => {
    const through: string[] = [];
    const proxy = new Server({ port: 0, host: "127.0.0.1", prepareRequestFunction: ({ username, password }) => (through.push(`${username}:${password}`), {}) });
    await proxy.listen();
    await logIn("moving");
    const change = async (address: string): Promise<void> => {
      await dashboard.open("/projects/hosted/auth-sessions/moving");
      await dashboard.click("Change the proxy");
      await dashboard.fill("New proxy", address);
      await dashboard.click("Change and log in again");
    };
    await change("http://user:open-sesame@127.0.0.1:9");
    await dashboard.sees("PROXY_UNREACHABLE");
    expect(await dashboard.inspect("auth-session-failed")).to.deep.equal([]);
    await change(`http://user:open-sesame@127.0.0.1:${proxy.port}`);
    await dashboard.sees(/The new login holds, and is kept/);
    expect(through).to.include("user:open-sesame");
    expect(await dashboard.page.evaluate(() => document.documentElement.outerHTML)).to.not.include("open-sesame");
    await proxy.close(true);
  });

  it("says at a glance which login needs a person, and how to mend it", async () => {
    await logIn("dying");
    site.refuseLogins(true);
    site.endLogins();
    const runId = await dashboard.hosted.start("whoami", {}, { authSession: { id: "dying" } });
    expect(await dashboard.hosted.ended(runId)).to.include({ status: "failed" });
    await dashboard.open("/");
    await dashboard.sees("dying");
    expect(await dashboard.inspect("home-attention")).to.deep.equal([]);
    await dashboard.open("/projects/hosted/auth-sessions/dying");
    await dashboard.sees("The site refused the credentials");
    expect(await dashboard.inspect("auth-session-attention")).to.deep.equal([]);
    site.refuseLogins(false);
    await dashboard.click("Update the login");
    await dashboard.click("Log in with the parameters that are kept", "checkbox");
    await dashboard.click("Log in");
    await dashboard.sees(/The new login holds, and is kept/);
    expect((await dashboard.hosted.request("GET", "auth-sessions/dying")).body["status"]).to.equal("READY");
  });

  it("goes back to the deployment before, and forward again", async () => {
    await dashboard.hosted.deploy("hosted", settingsOf(site, { promptTimeoutMs: 60_000 }));
    const live = async (): Promise<unknown> => (await dashboard.hosted.request("GET", "deployments/live")).body["id"];
    const second = await live();
    await dashboard.open("/projects/hosted/deployments");
    expect(await dashboard.inspect("deployments")).to.deep.equal([]);
    await dashboard.click(/^Roll back/);
    await dashboard.sees(/What changes/);
    expect(await dashboard.inspect("deployment-rollback")).to.deep.equal([]);
    await dashboard.click("Roll back");
    await dashboard.page.locator("::-p-text(Activate)").wait();
    const first = await live();
    expect(first).to.not.equal(second);
  });
});
