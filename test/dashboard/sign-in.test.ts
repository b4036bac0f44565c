import { expect } from "chai";
import { startDashboard, type Dashboard } from "../support/dashboard.ts";

describe("the dashboard's door", function () {
  this.timeout(120_000);
  let dashboard: Dashboard;
  before(async () => {
    dashboard = await startDashboard({ slots: 0 });
  });
  after(() => dashboard[Symbol.asyncDispose]());

  it("asks for a key, says what is wrong with it, and leads to the page that was asked for", async () => {
    await dashboard.open("/projects/hosted/runs?status=failed");
    await dashboard.sees("Sign in to Latchkey");
    expect(await dashboard.inspect("sign-in")).to.deep.equal([]);
    await dashboard.fill("API key", "lk_not-this-one");
    await dashboard.click("Sign in");
    await dashboard.sees("The API key is not valid.");
    await dashboard.fill("API key", dashboard.hosted.key);
    await dashboard.click("Sign in");
    await dashboard.page.waitForSelector("nav");
    expect(new URL(dashboard.page.url()).pathname + new URL(dashboard.page.url()).search).to.equal("/projects/hosted/runs?status=failed");
  });

  it("keeps the key out of the reach of scripts, and lets out whoever signs out", async () => {
    const reachable = await dashboard.page.evaluate(() => [document.cookie, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })].join(" "));
    expect(reachable).to.not.include(dashboard.hosted.key).and.not.include("latchkey_session");
    await dashboard.click(/^Signed in|account|first key/i);
    await dashboard.click("Sign out", "menuitem");
    await dashboard.sees("Sign in to Latchkey");
    await dashboard.open("/keys");
    await dashboard.sees("Sign in to Latchkey");
    expect(dashboard.problems).to.deep.equal([]);
  });
});
