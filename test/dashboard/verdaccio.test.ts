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
    await dashboard.open("/projects/hosted/jobs");
    await dashboard.click("New job", "link");
    await dashboard.fill("Id", "nightly");
    await dashboard.fill("API", "packages/list");
    await dashboard.page.keyboard.press("Tab");
    // Nothing is made of what could not run, and the field says so.
    await dashboard.click("Create job");
    await dashboard.sees(/auth session/i);
    await dashboard.fill("Auth session", "demo");
    await dashboard.page.keyboard.press("Tab");
    expect(await dashboard.inspect("job-new")).to.deep.equal([]);
    await dashboard.click("Create job");
    await dashboard.sees("Job runs");
    const { body: job } = await dashboard.hosted.request("GET", "jobs/nightly");
    const { id: _id, ...definition } = { id: "", payload: job["payload"], configuration: job["configuration"], auth_session: job["auth_session"] };
    expect((await dashboard.hosted.request("PUT", "jobs/nightly", { ...definition, sink: { type: "webhook", url: receiver.url } })).status).to.equal(200);
    await dashboard.open("/projects/hosted/jobs");
    await dashboard.sees("nightly");
    expect(await dashboard.inspect("jobs")).to.deep.equal([]);
    await dashboard.click("nightly", "link");
    await dashboard.click("Trigger nightly");
    await receiver.next(() => true);
    await dashboard.sees(/1 of 1|1 completed/);
    expect(await dashboard.inspect("job")).to.deep.equal([]);
    await dashboard.open("/projects/hosted/deliveries");
    await dashboard.sees(/Delivered/i);
    expect(await dashboard.inspect("deliveries")).to.deep.equal([]);
  });

  it("shows everything in every state", async () => {
    const { hosted } = dashboard;
    await hosted.request("POST", "queues", { id: "mail", configuration: { rateLimits: [{ limit: 1, duration: "1h" }] }, authSession: { id: "demo" } });
    expect((await hosted.request("POST", "queues/mail/items", [1, 2, 3].map(() => ({ apiName: "packages/list", parameters: {} })))).status).to.equal(201);
    await hosted.request("PUT", "env/SHOP_TOKEN", { value: "a-secret-value" });
    const { body } = await hosted.request("GET", "deliveries");
    const [delivery] = body["deliveries"] as unknown as readonly { readonly id: string }[];
    const { body: jobRuns } = await hosted.request("GET", "jobs/nightly/runs");
    const [jobRun] = jobRuns["jobRuns"] as unknown as readonly { readonly id: string }[];
    const pages = { "home": "/", "auth-session-page": "/projects/hosted/auth-sessions/demo", "auth-sessions": "/projects/hosted/auth-sessions", "job-edit": "/projects/hosted/jobs/nightly?edit=1", "job-run": `/projects/hosted/jobs/nightly/runs/${jobRun?.id ?? ""}`, "queues": "/projects/hosted/queues", "queue": "/projects/hosted/queues/mail", "delivery": `/projects/hosted/deliveries/${delivery?.id ?? ""}`, "environment": "/projects/hosted/environment", "runs-filtered": "/projects/hosted/runs?status=completed", "record-link": "/record/not-a-link" };
    for (const [name, path] of Object.entries(pages)) {
      await dashboard.open(path);
      expect(await dashboard.inspect(name), name).to.deep.equal([]);
      expect(await dashboard.page.evaluate(() => document.documentElement.outerHTML), name).to.not.include("a-secret-value");
    }
  });
});
