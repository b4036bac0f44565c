import { expect } from "chai";
import { keepLogin, loggedIn, saveAfterUse, type KeepOptions, type LoginDriver } from "../../runtime/auth-sessions/keeper.ts";
import type { AuthSession } from "../../runtime/model/auth-session.ts";
import { LatchkeyError } from "../../runtime/model/errors.ts";
import { EMPTY_STATE, type StorageState } from "../../runtime/model/storage-state.ts";
import { createDeadline } from "../../runtime/runs/create-deadline.ts";
import { createMemoryAuthSessionStore } from "../support/memory-auth-session-store.ts";

const state = (token: string): StorageState => ({ ...EMPTY_STATE, cookies: [{ name: "token", value: token, domain: "a", path: "/", expires: -1, httpOnly: true, secure: false }] });
const tokenOf = (session: AuthSession | null): string | undefined => session?.secrets.state.cookies[0]?.value;

function session(token: string): AuthSession {
  return loggedIn({ id: "sam", type: "credentials", parameters: { password: "secret" }, proxyUrl: null, captured: { state: state(token), losses: [] }, at: "2026-01-01T00:00:00.000Z", previous: null });
}

/** A site on which exactly the tokens of `valid` are logged in. */
function site(valid: Set<string>): { readonly driver: LoginDriver<string>; readonly logins: () => number; fail: LatchkeyError | null } {
  let logins = 0;
  const made: { fail: LatchkeyError | null; readonly driver: LoginDriver<string>; readonly logins: () => number } = {
    fail: null,
    logins: () => logins,
    driver: {
      restore: (stored) => Promise.resolve(tokenOf(stored) ?? ""),
      restoreAndCheck: (stored) => Promise.resolve(valid.has(tokenOf(stored) ?? "") ? (tokenOf(stored) ?? "") : null),
      login: () => {
        logins += 1;
        if (made.fail !== null) return Promise.reject(made.fail);
        const token = `token-${logins}`;
        valid.add(token);
        return Promise.resolve({ captured: { state: state(token), losses: [] }, stage: token });
      },
    },
  };
  return made;
}

describe("keepLogin", () => {
  let clock = 0;
  const deadline = createDeadline({ timeoutMs: 60_000, what: "The test", log: () => undefined });
  const options = (change: Partial<KeepOptions> = {}): KeepOptions => ({ check: true, autoRecreate: true, checkFreshForMs: 0, lockTimeoutMs: 1000, deadline, now: () => new Date(Date.UTC(2026, 0, 2) + clock++), ...change });
  after(() => deadline[Symbol.dispose]());

  it("uses a login that still holds", async () => {
    const { driver, logins } = site(new Set(["old"]));
    const kept = await keepLogin(createMemoryAuthSessionStore([session("old")]), "sam", driver, options());
    expect(kept.recreated).to.equal(false);
    expect(logins()).to.equal(0);
  });

  it("logs in once for many runs that find the same login expired", async () => {
    const { driver, logins } = site(new Set());
    const store = createMemoryAuthSessionStore([session("expired")]);
    const kept = await Promise.all(Array.from({ length: 8 }, () => keepLogin(store, "sam", driver, options())));
    expect(logins()).to.equal(1);
    expect(new Set(kept.map(({ stage }) => stage))).to.deep.equal(new Set(["token-1"]));
  });

  it("stops logging in after three failed logins, and says why", async () => {
    const broken = site(new Set());
    broken.fail = new LatchkeyError("AUTH_SESSION_CREATE_FAILED", "the form has changed");
    const store = createMemoryAuthSessionStore([session("expired")]);
    for (let number = 1; number <= 3; number++) await keepLogin(store, "sam", broken.driver, options()).catch(() => undefined);
    const error = await keepLogin(store, "sam", broken.driver, options()).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "AUTH_SESSION_NEEDS_ATTENTION");
    expect(error).to.have.property("message").that.includes("the form has changed");
    expect(broken.logins()).to.equal(3);
  });

  it("never tries refused credentials a second time", async () => {
    const refused = site(new Set());
    refused.fail = new LatchkeyError("INVALID_CREDENTIALS", "wrong password");
    const store = createMemoryAuthSessionStore([session("expired")]);
    for (let number = 1; number <= 2; number++) await keepLogin(store, "sam", refused.driver, options()).catch(() => undefined);
    expect(refused.logins()).to.equal(1);
    expect((await store.summary("sam"))?.status).to.equal("needs-attention");
  });

  it("does not count a login that never reached the site", async () => {
    const down = site(new Set());
    down.fail = new LatchkeyError("PROXY_UNREACHABLE", "the proxy is down");
    const store = createMemoryAuthSessionStore([session("expired")]);
    for (let number = 1; number <= 4; number++) await keepLogin(store, "sam", down.driver, options()).catch(() => undefined);
    const summary = await store.summary("sam");
    expect(summary).to.include({ failedLogins: 0, status: "ready" });
  });

  it("keeps the old state when logging in again fails", async () => {
    const broken = site(new Set());
    broken.fail = new LatchkeyError("AUTH_SESSION_CREATE_FAILED", "broken");
    const store = createMemoryAuthSessionStore([session("expired")]);
    await keepLogin(store, "sam", broken.driver, options()).catch(() => undefined);
    expect(tokenOf(await store.get("sam"))).to.equal("expired");
  });

  it("marks a login that may not be made again as expired", async () => {
    const { driver, logins } = site(new Set());
    const store = createMemoryAuthSessionStore([session("expired")]);
    const error = await keepLogin(store, "sam", driver, options({ autoRecreate: false })).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "AUTH_SESSION_CHECK_FAILED");
    expect(logins()).to.equal(0);
    expect((await store.summary("sam"))?.status).to.equal("expired");
  });

  it("trusts a check that passed within the freshness window", async () => {
    const { driver } = site(new Set());
    const fresh = session("unchecked");
    const kept = await keepLogin(createMemoryAuthSessionStore([fresh]), "sam", driver, options({ checkFreshForMs: 10_000, now: () => new Date("2026-01-01T00:00:05.000Z") }));
    expect(kept.stage).to.equal("unchecked");
  });
});

describe("saveAfterUse", () => {
  it("saves rotated tokens", async () => {
    const stored = session("first");
    const store = createMemoryAuthSessionStore([stored]);
    expect(await saveAfterUse(store, { session: stored, captured: { state: state("rotated"), losses: [] }, checkedAt: null, at: "2026-01-02T00:00:00.000Z" })).to.equal(true);
    expect(tokenOf(await store.get("sam"))).to.equal("rotated");
  });

  it("never overwrites a newer state", async () => {
    const stored = session("first");
    const store = createMemoryAuthSessionStore([stored]);
    await store.put({ ...stored, secrets: { ...stored.secrets, state: state("newer") } }, stored.summary.version);
    expect(await saveAfterUse(store, { session: stored, captured: { state: state("older"), losses: [] }, checkedAt: null, at: "2026-01-02T00:00:00.000Z" })).to.equal(false);
    expect(tokenOf(await store.get("sam"))).to.equal("newer");
    expect((await store.summary("sam"))?.lastUsedAt).to.equal("2026-01-02T00:00:00.000Z");
  });
});
