import { expect } from "chai";
import type { Page } from "puppeteer-core";
import { attachStorageState, type AttachedState } from "../../../runtime/auth-sessions/state/attach-storage-state.ts";
import type { LeasedContext } from "../../../runtime/model/browser.ts";
import { EMPTY_STATE, type CapturedState, type StorageState } from "../../../runtime/model/storage-state.ts";
import { PAGE, startTwoOriginSite, type TwoOriginSite } from "../../fixtures/two-origin-site.ts";
import { leaseForTest, type TestLease } from "../../support/lease.ts";

interface Opened extends AsyncDisposable {
  readonly leased: LeasedContext;
  readonly attached: AttachedState;
  readonly page: Page;
}

describe("storage state", function () {
  this.timeout(60_000);
  let test: TestLease;
  let site: TwoOriginSite;
  before(async () => {
    site = await startTwoOriginSite();
    test = await leaseForTest({ "browser.ignoreHttpsErrors": true });
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  const open = async (state: StorageState): Promise<Opened> => {
    const leased = await test.lease.openContext({ deadline: test.deadline, upstream: null });
    const attached = await attachStorageState({ leased, state, passkeys: true, deadline: test.deadline, log: () => undefined });
    const page = await leased.context.newPage();
    await attached.preparePage(page);
    return {
      leased,
      attached,
      page,
      async [Symbol.asyncDispose]() {
        await attached[Symbol.asyncDispose]();
        await leased[Symbol.asyncDispose]();
      },
    };
  };
  const capture = async (work: (opened: Opened) => Promise<void>, state = EMPTY_STATE): Promise<CapturedState> => {
    await using opened = await open(state);
    await work(opened);
    return await opened.attached.capture();
  };
  const seen = (page: Page): Promise<{ local: Record<string, string>; session: Record<string, string>; cookie: string }> => page.evaluate("window.seen") as never;

  describe("of one origin", () => {
    let captured: CapturedState;
    before(async () => {
      captured = await capture(async ({ page }) => {
        await page.goto(`${site.first}/cookies`);
        await page.evaluate(PAGE.seed);
      });
    });

    it("is seen by the first script of the page", async () => {
      await using opened = await open(captured.state);
      await opened.page.goto(site.first);
      const { local, session, cookie } = await seen(opened.page);
      expect(local).to.deep.equal({ token: "local-token" });
      expect(session).to.deep.equal({ tab: "session-token" });
      expect(cookie.split("; ").sort()).to.deep.equal(["__Host-token=3", "lasting=4", "plain=1"]);
    });

    it("carries cookies with everything that Chrome knows of them", async () => {
      const again = await capture(async ({ page }) => void (await page.goto(`${site.first}/other`)), captured.state);
      const sort = (state: StorageState) => [...state.cookies].sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(sort(again.state)).to.deep.equal(sort(captured.state));
      expect(captured.state.cookies.find(({ name }) => name === "http-only")).to.include({ httpOnly: true, secure: true, sameSite: "Strict", priority: "High", expires: -1 });
    });

    it("carries IndexedDB with values that JSON cannot hold", async () => {
      await using opened = await open(captured.state);
      await opened.page.goto(site.first);
      expect(await opened.page.evaluate(PAGE.read)).to.deep.equal({
        version: 3,
        row: "row",
        date: 1000,
        map: true,
        minusZero: true,
        hole: true,
        cycle: true,
        blob: "blob text",
        file: ["a.txt", 5, "file text"],
        typed: [1, 65535],
        bigint: "100000000000000000000",
        regexp: "/a+/gi",
        key: true,
        byDate: "by date",
      });
    });

    it("names what cannot be carried", () => {
      expect(captured.losses).to.deep.equal([{ origin: site.first, place: "indexedDB app/odd/locked-key", reason: "the CryptoKey is not extractable" }]);
    });

    it("stays logged out after the site has logged out, over reloads and new pages", async () => {
      await using opened = await open(captured.state);
      await opened.page.goto(site.first);
      await opened.page.evaluate("localStorage.clear(); sessionStorage.clear()");
      await opened.page.reload();
      expect(await seen(opened.page)).to.deep.include({ local: {}, session: {} });
      const second = await opened.leased.context.newPage();
      await second.goto(`${site.first}/again`);
      expect((await seen(second)).local).to.deep.equal({});
      await opened.page.goto(`${site.first}/later`);
      expect((await seen(opened.page)).session).to.deep.equal({});
    });

    for (const [how, go] of [
      ["a redirect from elsewhere", (page: Page, { first, second }: TwoOriginSite) => page.goto(`${second}/redirect?to=${encodeURIComponent(`${first}/landed`)}`)],
      [
        "a form that is posted",
        async (page: Page, { first, second }: TwoOriginSite) => {
          await page.goto(second);
          await Promise.all([page.waitForNavigation(), page.evaluate((url) => {
              const [form] = document.forms;
              form?.setAttribute("action", `${url}/posted`);
              form?.submit();
            }, first)]);
        },
      ],
    ] as const) {
      it(`is restored before ${how} arrives`, async () => {
        await using opened = await open(captured.state);
        await go(opened.page, site);
        expect(new URL(opened.page.url()).origin).to.equal(site.first);
        expect((await seen(opened.page)).local).to.deep.equal({ token: "local-token" });
      });
    }

    it("is restored before a popup's first script", async () => {
      await using opened = await open(captured.state);
      await opened.page.goto(site.second);
      const popup = new Promise<Page | null>((resolve) => opened.page.once("popup", resolve));
      await opened.page.evaluate((url) => void window.open(url), site.first);
      const page = await popup;
      await page?.waitForFunction("window.seen !== undefined");
      expect(page === null ? null : (await seen(page)).local).to.deep.equal({ token: "local-token" });
    });

    it("keeps what was not visited as it was", async () => {
      const again = await capture(async ({ page }) => void (await page.goto(`${site.second}/elsewhere`)), captured.state);
      expect(again.state.origins.find(({ origin }) => origin === site.first)).to.deep.equal(captured.state.origins.find(({ origin }) => origin === site.first));
    });

    it("is captured from documents that were left", async () => {
      const again = await capture(async ({ page }) => {
        await page.goto(site.first);
        await page.evaluate('localStorage.setItem("late", "1"); sessionStorage.setItem("late", "2")');
        await page.goto(`${site.second}/elsewhere`);
      });
      const left = again.state.origins.find(({ origin }) => origin === site.first);
      expect(left?.localStorage).to.deep.equal([{ name: "late", value: "1" }]);
      expect(left?.sessionStorage).to.deep.equal([{ name: "late", value: "2" }]);
    });
  });

  it("keeps the storage and cookies of third-party frames apart from those of first-party pages", async () => {
    const captured = await capture(async ({ page }) => {
      await page.goto(`${site.first}/frame?of=${encodeURIComponent(`${site.second}/partitioned`)}`);
      const frame = await page.waitForFrame((candidate) => candidate.url().startsWith(site.second));
      await frame.evaluate('localStorage.setItem("where", "third party")');
    });
    expect(captured.state.cookies.find(({ name }) => name === "chips")).to.have.property("partitionKey");
    const partitioned = captured.state.origins.find(({ origin, partition }) => origin === site.second && partition !== undefined);
    expect(partitioned?.localStorage).to.deep.equal([{ name: "where", value: "third party" }]);

    await using opened = await open(captured.state);
    await opened.page.goto(`${site.first}/frame?of=${encodeURIComponent(`${site.second}/inner`)}`);
    const frame = await opened.page.waitForFrame((candidate) => candidate.url().startsWith(site.second));
    await frame.waitForFunction("window.seen !== undefined");
    expect(await frame.evaluate("window.seen.local")).to.deep.equal({ where: "third party" });
    const alone = await opened.leased.context.newPage();
    await alone.goto(`${site.second}/alone`);
    expect((await seen(alone)).local).to.deep.equal({});
  });

  it("carries passkeys, and their counters", async () => {
    const register = `navigator.credentials.create({ publicKey: { challenge: new Uint8Array(16), rp: { name: "site", id: "localhost" }, user: { id: new Uint8Array([1]), name: "sam", displayName: "Sam" }, pubKeyCredParams: [{ type: "public-key", alg: -7 }], authenticatorSelection: { residentKey: "required" } } }).then((made) => made.id)`;
    const signIn = `navigator.credentials.get({ publicKey: { challenge: new Uint8Array(16), rpId: "localhost" } }).then((found) => found.id)`;
    let id: unknown;
    const captured = await capture(async ({ page }) => {
      await page.goto(site.first);
      id = await page.evaluate(register);
    });
    expect(captured.state.webauthn).to.have.length(1);
    const later = await capture(async ({ page }) => {
      await page.goto(site.first);
      expect(await page.evaluate(signIn)).to.equal(id);
    }, captured.state);
    expect(later.state.webauthn?.[0]?.signCount).to.be.greaterThan(captured.state.webauthn?.[0]?.signCount ?? 0);
  });

  it("visits only what the run visits, however much is stored", async () => {
    const visitsWith = async (count: number): Promise<number> => {
      const origins = Array.from({ length: count }, (_, index) => ({ origin: index === 0 ? site.first : `https://site-${index}.example`, localStorage: [{ name: "k", value: "v" }] }));
      await using opened = await open({ cookies: [], origins });
      await opened.page.goto(site.first);
      return opened.attached.visits;
    };
    expect(await visitsWith(1)).to.equal(1);
    expect(await visitsWith(50)).to.equal(1);
  });
});
