import { expect } from "chai";
import { startDashboard, type Dashboard } from "../support/dashboard.ts";
import { startReceiver } from "../support/receiver.ts";
import { startVerdaccio, VERDACCIO_USER, type Verdaccio } from "../targets/verdaccio.ts";

describe("the dashboard with the sample project and Verdaccio", function () {
  this.timeout(240_000);
  let dashboard: Dashboard;
  let verdaccio: Verdaccio;
  before(async () => {
    verdaccio = await startVerdaccio();
    dashboard = await startDashboard({ slots: 2, project: "sample" });
    await dashboard.signIn();
  });
  after(async () => {
    await dashboard[Symbol.asyncDispose]();
    await verdaccio[Symbol.asyncDispose]();
  });
  afterEach(() => expect(dashboard.problems).to.deep.equal([]));

  it("shows what there is to do when there is nothing yet", async () => {
    for (const [name, path] of [["home-empty", "/"], ["projects", "/projects"], ["runs-empty", "/projects/hosted/runs"], ["jobs-empty", "/projects/hosted/jobs"], ["queues-empty", "/projects/hosted/queues"], ["deliveries-empty", "/projects/hosted/deliveries"], ["environment-empty", "/projects/hosted/environment"], ["audit", "/audit"], ["workers", "/workers"], ["keys", "/keys"], ["not-found", "/nothing/here"]] as const) {
      await dashboard.open(path);
      expect(await dashboard.inspect(name), name).to.deep.equal([]);
    }
  });

  it("logs in with credentials, and refuses wrong ones in words", async () => {
    await dashboard.open("/projects/hosted/auth-sessions?new=create");
    const fill = async (password: string): Promise<void> => {
      await dashboard.fill("Id", "demo");
      await dashboard.fill("baseUrl", verdaccio.url);
      await dashboard.fill("username", VERDACCIO_USER.username);
      await dashboard.fill("password", password);
      await dashboard.click("Log in");
    };
    await fill("not-it");
    await dashboard.sees("INVALID_CREDENTIALS");
    await dashboard.open("/projects/hosted/auth-sessions?new=create");
    await fill(VERDACCIO_USER.password);
    await dashboard.sees("Logged in, checked and kept.");
  });

  it("runs an API as the login, and shows result, trace and files", async () => {
    await dashboard.open("/projects/hosted/apis/packages/list");
    await dashboard.choose("Auth session", "demo");
    await dashboard.click("Run now");
    await dashboard.sees("left-pad");
    await dashboard.sees("Completed");
    expect(await dashboard.inspect("run-completed")).to.deep.equal([]);
    for (const tab of ["Logs", "Trace", "Files", "Parameters"]) {
      await dashboard.click(new RegExp(`^${tab}`), "tab");
      expect(await dashboard.inspect(`run-${tab.toLowerCase()}`)).to.deep.equal([]);
    }
    expect(await dashboard.page.evaluate(() => document.documentElement.outerHTML)).to.not.include(VERDACCIO_USER.password);
  });

  it("makes a job and triggers it, and its result is delivered", async () => {
    await using receiver = await startReceiver();
    const definition = { payload: [{ apiName: "packages/list", parameters: {} }], configuration: {}, auth_session: { id: "demo" }, sink: { type: "webhook", url: receiver.url } };
    expect((await dashboard.hosted.request("POST", "jobs", { id: "by-api", ...definition })).status).to.equal(201);
    await dashboard.open("/projects/hosted/jobs");
    await dashboard.sees("by-api");
    expect(await dashboard.inspect("jobs")).to.deep.equal([]);
    await dashboard.open("/projects/hosted/jobs/by-api");
    await dashboard.click(/^Trigger/);
    await receiver.next(() => true);
    await dashboard.sees(/Success|SUCCESS/);
    expect(await dashboard.inspect("job")).to.deep.equal([]);
    await dashboard.open("/projects/hosted/deliveries");
    await dashboard.sees(/Delivered/i);
    expect(await dashboard.inspect("deliveries")).to.deep.equal([]);
  });
});
